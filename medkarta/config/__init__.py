"""Settings, the URL root, the command line and the context of the shell."""
