"""Which hours clinics keep for home calls, and what the form warns of."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from medkarta.scheduling.models import BookingSetting
from medkarta.scheduling.rules.home_visits import ANY_MONTHS, OFF, PREFIX, HomeVisitRules, RedFlag, is_setting
from medkarta.ui.format import language

_FLAGS = Path(__file__).resolve().parent.parent / "data" / "red_flags.json"
Rank = tuple[bool, bool, datetime]


def rules_of_clinics(
    facility_ids: Collection[UUID], *, position_code: str, now: datetime
) -> dict[UUID, HomeVisitRules]:
    """Return the hours in force now for each clinic: the region's, over them its own, over both a position's there.

    A value that can't be one is passed over. Where there is none the default holds; the demo has no cut-off.
    One statement.
    """
    rows = BookingSetting.objects.filter(
        Q(facility_id=None) | Q(facility_id__in=facility_ids),
        position_code__in=("", position_code),
        name__startswith=PREFIX,
        valid_from__lte=now,
    ).order_by("valid_from", "id")
    found: dict[UUID, dict[str, tuple[Rank, Any]]] = {clinic: {} for clinic in facility_ids}
    for row in rows:
        name = row.name.removeprefix(PREFIX)
        if not is_setting(name, row.value):
            continue
        value = tuple(row.value) if isinstance(row.value, list) else row.value
        rank = (row.facility_id is not None, row.position_code != "", row.valid_from)
        for clinic in facility_ids if row.facility_id is None else (row.facility_id,):
            known = found[clinic].get(name)
            if known is None or known[0] <= rank:
                found[clinic][name] = (rank, value)
    return {
        clinic: replace(_defaults(), **{name: value for name, (_rank, value) in values.items()})
        for clinic, values in found.items()
    }


def _defaults() -> HomeVisitRules:
    return HomeVisitRules() if settings.IS_PRODUCTION else HomeVisitRules(cutoff_weekday=OFF, cutoff_weekend=OFF)


@cache
def red_flags() -> tuple[RedFlag, ...]:
    """Return the conditions that need an ambulance, as the file of data has them."""
    told = json.loads(_FLAGS.read_text(encoding="utf-8"))
    return tuple(
        RedFlag(
            code=one["code"],
            texts={"ru": one["ru"], "en": one["en"]},
            sex=one.get("sex", ""),
            from_months=one.get("from_months", 0),
            until_months=one.get("until_months", ANY_MONTHS),
        )
        for one in told["flags"]
    )


def list_red_flags(*, sex: str, months: int | None) -> list[tuple[str, str]]:
    """Return (code, words in the active language) of what is asked of somebody."""
    return [(one.code, one.texts[language()]) for one in red_flags() if one.concerns(sex=sex, months=months)]
