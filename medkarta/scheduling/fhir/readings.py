"""Small readings that all resources of the room share."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.intake import Incoming
from medkarta.hl7 import values

_YEARS = range(1901, 2500)


def with_patient(found: Iterable[Incoming], refused: dict[UUID, str]) -> list[tuple[Incoming, UUID]]:
    found_with = []
    for one in found:
        if one.patient_id is None:
            refused[one.id] = _("Не указан пациент")
        else:
            found_with.append((one, one.patient_id))
    return found_with


def side(reason: Mapping[str, Any] | None) -> str:
    codes = [each.code for each in values.codings(reason)]
    if any(code.startswith("pat") for code in codes):
        return "patient"
    return "clinic" if any(code.startswith("prov") for code in codes) else ""


def first(elements: Sequence[Mapping[str, Any]] | None) -> Mapping[str, Any] | None:
    return elements[0] if elements else None


def at(text: str | None) -> datetime | None:
    return known(values.instant(text))


def known(moment: datetime | None) -> datetime | None:
    """Return a moment; None for what stands for "unknown" in some systems, such as 1900-01-01."""
    return moment if moment and moment.year in _YEARS else None


def end_of(found: values.Moment | None) -> datetime | None:
    """Return the moment at which a day, or an exact time, is over."""
    if found is None or known(found.at) is None:
        return None
    return found.at if found.is_exact else found.at + timedelta(days=1)
