"""One module a document; each registers itself, and its sentences stand in the TOML file of the same name."""
