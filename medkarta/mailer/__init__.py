"""Cellar: what people are told, by the bell, by letters and on their devices."""
