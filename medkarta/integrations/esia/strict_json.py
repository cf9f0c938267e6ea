"""JSON of strangers: no duplicate keys, no NaN, no nesting that exhausts the stack."""

import json
from typing import Any


def parse_json(data: bytes | str) -> Any:
    """Return the parsed value. Raises ValueError, never RecursionError or UnicodeError of another kind."""
    try:
        return json.loads(data, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(_: str) -> Any:
    raise ValueError("NaN and Infinity are not JSON")
