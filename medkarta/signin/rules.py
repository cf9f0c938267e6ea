"""What a provider's claims say about a sign-in. Pure functions of plain values."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def proved_at(claims: Mapping[str, Any], *, now: datetime) -> datetime:
    """Return when the person proved himself at the provider: `auth_time` (epoch seconds, number or text).

    A provider that lets him in by an older session of its own says an older time; one that says nothing, or
    something impossible, counts as now.
    """
    try:
        said = datetime.fromtimestamp(float(claims.get("auth_time", "")), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return now
    return min(said, now)
