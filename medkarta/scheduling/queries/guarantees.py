"""The state-guarantee terms and the production calendar, read from their data files once a process."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from medkarta.scheduling.rules.terms import Calendar, Programme, Term

_DATA = Path(__file__).parent.parent / "data"


@cache
def programme() -> Programme:
    """Return the programme of state guarantees that the product ships. Rows without a source stay out."""
    told = _read("waiting_terms.json")
    return Programme(
        act=told["act"],
        number=told["number"],
        signed_on=date.fromisoformat(told["date"]),
        valid_from=date.fromisoformat(told["valid_from"]),
        valid_until=date.fromisoformat(told["valid_until"]),
        terms=tuple(
            Term(
                row=one["row"],
                what=one["what"],
                limit=one["limit"],
                unit=one["unit"],
                positions=tuple(one["positions"]),
                for_rooms=one.get("for_rooms", False),
            )
            for one in told["terms"]
            if one["mark"] == "seen"
        ),
        except_positions=tuple(told["except_positions"]),
    )


@cache
def calendar() -> Calendar:
    """Return the production calendar."""
    told = _read("production_calendar.json")
    yearly = [tuple(map(int, one.split("-"))) for one in told["yearly"]["days"]]
    return Calendar(
        yearly=frozenset((month, day) for month, day in yearly),
        days_off=frozenset(date.fromisoformat(day) for one in told["moved"] for day in one["days_off"]),
        working=frozenset(date.fromisoformat(day) for one in told["moved"] for day in one["working"]),
    )


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_DATA / name).read_text(encoding="utf-8"))
    return found
