"""Electronic medical documents: what they are, and the bytes of their files."""
