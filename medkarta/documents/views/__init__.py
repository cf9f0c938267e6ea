"""Pages of electronic medical documents: the list, one document to read or print, its files."""
