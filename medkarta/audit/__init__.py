"""Cellar: the access log, sealed in chained batches."""
