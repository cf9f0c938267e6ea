"""What may follow what. Pure."""

from collections.abc import Collection, Mapping

FIRST_WIDTH = 6


def can_move(transitions: Mapping[str, Collection[str]], *, current: str, wanted: str) -> bool:
    """Tell whether a request may go from one status to another; staying where it is, is no move."""
    return wanted in transitions.get(current, ()) and wanted != current


def format_number(*, prefix: str, year: int, serial: int) -> str:
    """Return a number that people can read out: `МК-2026-000123`. Longer serials are kept whole."""
    return f"{prefix}-{year}-{serial:0{FIRST_WIDTH}d}"
