"""Where the bytes of documents live: content-addressed, written once, never changed."""
