"""Orders of certificates: the catalogue of kinds, the form of each, statuses, and the clinic's answers."""
