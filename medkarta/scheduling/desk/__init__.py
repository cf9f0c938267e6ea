"""What a clinic's desk does from the command line: each file adds its verbs and carries them out."""
