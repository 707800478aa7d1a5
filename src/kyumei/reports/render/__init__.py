"""From a document to bytes: PDF/A, DOCX, XLSX, JSON, text."""
