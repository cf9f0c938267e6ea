"""Words of the home page. Pure functions."""

from datetime import date


def days_ahead(day: date, today: date) -> int:
    """Return in how many days a day comes; never below 0."""
    return max(0, (day - today).days)
