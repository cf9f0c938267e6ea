"""Letters: handed to a mail server, or to whatever the installation uses in its place."""
