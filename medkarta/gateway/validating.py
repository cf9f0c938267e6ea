"""Validation as work for a process of its own: knows no Django and no table."""

from collections.abc import Sequence

from medkarta.hl7.issues import Issue
from medkarta.hl7.reading import Unit, check

Checked = list[tuple[Unit, tuple[Issue, ...]]]


def check_all(units: Sequence[Unit]) -> Checked:
    """Return each unit with everything that is wrong with it."""
    return [(unit, check(unit)) for unit in units]
