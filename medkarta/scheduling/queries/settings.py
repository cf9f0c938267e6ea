"""Which numbers of booking hold for a clinic and a position now."""

from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

from django.conf import settings

from medkarta.scheduling.models import BookingSetting
from medkarta.scheduling.rules.defaults import NAMES, BookingRules

Row = tuple[str, UUID | None, str, Any, datetime]


class _Kept:
    """The rows of the table, re-read after `SETTINGS_KEPT_SECONDS`: a change shows within that time."""

    rows: tuple[Row, ...] = ()
    until = 0.0


def booking_rules(*, facility_id: UUID | None, position_code: str, now: datetime) -> BookingRules:
    """Return the numbers in force: the region's, over them a position's, a clinic's, a position's of that clinic."""
    found: dict[str, tuple[tuple[bool, bool, datetime], Any]] = {}
    for name, clinic, position, value, valid_from in _rows():
        if valid_from > now or clinic not in (None, facility_id) or position not in ("", position_code):
            continue
        rank = (clinic is not None, position != "", valid_from)
        if name in NAMES and (name not in found or found[name][0] <= rank):
            found[name] = (rank, tuple(value) if isinstance(value, list) else value)
    return replace(BookingRules(), **{name: value for name, (_rank, value) in found.items()})


def forget() -> None:
    """Read the table anew next time: for the process that has just changed it."""
    _Kept.until = 0.0


def clinics_with_own() -> frozenset[UUID]:
    """Return the clinics that have a number of their own: for the others a position's numbers are the same."""
    return frozenset(clinic for _name, clinic, _position, _value, _from in _rows() if clinic is not None)


def _rows() -> tuple[Row, ...]:
    if monotonic() >= _Kept.until:
        order = ("valid_from", "id")
        rows = BookingSetting.objects.order_by(*order).values_list(
            "name", "facility_id", "position_code", "value", "valid_from"
        )
        _Kept.rows = tuple(rows)
        _Kept.until = monotonic() + settings.SETTINGS_KEPT_SECONDS
    return _Kept.rows
