"""Checks of text values that a regular expression cannot express. Each takes the text and tells whether it holds."""

import base64
import binascii
from datetime import date

_SPACES = str.maketrans("", "", " \t\r\n")


def is_calendar_date(text: str) -> bool:
    """Tell whether the day of a FHIR date, dateTime or instant exists; partial dates have no day to check.

    Also refuses dates that Python and PostgreSQL cannot both hold, such as the year 0000.
    """
    if len(text) < 10:
        return text[:4] != "0000"
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def is_base64(text: str) -> bool:
    """Tell whether a text decodes as base64; white space between the groups is allowed."""
    try:
        base64.b64decode(text.translate(_SPACES), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
