"""Asking for a prescription again: the request, its statuses, and the clinic's answers."""
