"""Names in running text by a tagger that is learned from labelled sentences of the user's own."""
