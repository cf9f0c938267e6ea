"""What the address of the list asks for. Whatever is wrong in it becomes the default."""

from collections.abc import Mapping
from datetime import date

from medkarta.scheduling.columns import KINDS
from medkarta.scheduling.queries import AHEAD, ALL, PAST, Filters

_YEARS = range(1900, 2200)


def read_filters(params: Mapping[str, str]) -> Filters:
    """Return the filters of `?kind=&state=&from=&to=` (days as `2026-11-26`)."""
    kind, state = params.get("kind", ""), params.get("state", "")
    return Filters(
        kind=kind if kind in KINDS else "",
        state=state if state in (AHEAD, PAST) else ALL,
        first=read_day(params.get("from", "")),
        last=read_day(params.get("to", "")),
    )


def read_day(text: str) -> date | None:
    """Return the day that a text names; None for anything else, and outside the years 1900-2199."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in _YEARS else None
