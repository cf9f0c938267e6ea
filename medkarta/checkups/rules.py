"""What the status of an examination means on a day. Pure."""

from datetime import date

SCHEDULED = "scheduled"
_TONES = {"completed": "ok", "active": "info", SCHEDULED: "info", "on-hold": "warn"}


def status_of(status: str, *, starts_on: date | None, today: date) -> str:
    """Return the FHIR status, or `scheduled` for an active plan that has not begun by `today`."""
    if status == "active" and starts_on is not None and starts_on > today:
        return SCHEDULED
    return status


def tone_of(status: str) -> str:
    """Return the tone of a status mark: ok, info, warn or neutral."""
    return _TONES.get(status, "neutral")
