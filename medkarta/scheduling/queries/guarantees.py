"""The state-guarantee terms, read from their data file once a process."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from medkarta.scheduling.rules.terms import Programme, Term

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


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_DATA / name).read_text(encoding="utf-8"))
    return found
