"""Text of documents, one module a format."""
