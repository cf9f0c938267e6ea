"""What the details of an access-log row say. Pure functions."""

from typing import Any


def count_of(details: dict[str, Any]) -> int:
    """Return how many records a row speaks of: those read, or those a hospital's batch changed."""
    if "read" in details:
        return sum(len(ids) for ids in details["read"].values())
    return sum(count for count in details.get("changed", {}).values() if isinstance(count, int))
