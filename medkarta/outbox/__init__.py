"""Cellar: the one queue of the product."""
