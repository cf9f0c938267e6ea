"""Decisions about calls of a doctor to one's home: who needs an ambulance instead, on which days, until when. Pure.

Sources: domain rules of the portal §9 (cut-offs and questions are each clinic's own, so they are settings) and §3
(a district doctor within 24 hours). Dates and times are those of the clinic's own clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

ANY, MORNING, AFTERNOON = HALVES = ("any", "morning", "afternoon")
NOON = time(12)
LIVE = ("new", "accepted", "assigned")
CANCELLABLE = ("new", "accepted")
BABY_MONTHS = 3
BABY_FEVER = Decimal("38.0")
CLINIC_QUESTION_FROM_MONTHS = 12
ADULT_MONTHS = 18 * 12
TEMPERATURES = Decimal("34.0"), Decimal("43.0")
OFF, CLOSED = "off", "closed"
DEFAULT_CUTOFF = "14:00"
PREFIX = "home_visit."
LOOK_AHEAD_DAYS = 14
ANY_MONTHS = 10_000
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_FLAT = re.compile(r"^(?P<rest>.+?),\s*кв(?:артира|\.)?\s*(?P<flat>[^\s,]{1,16})$", re.IGNORECASE)

# What the clinic's side may do: action -> statuses it starts from.
CLINIC_MOVES = {
    "accepted": ("new",),
    "assigned": ("new", "accepted", "assigned"),
    "done": ("accepted", "assigned"),
    "rejected": ("new", "accepted", "assigned"),
}


@dataclass(frozen=True, slots=True)
class HomeVisitRules:
    """Until when a call for the same day is taken: `HH:MM`, "off" (until midnight) or "closed" (nobody goes out).

    `days_off`: days that count as weekend though they are none, as ISO dates.
    """

    cutoff_weekday: str = DEFAULT_CUTOFF
    cutoff_weekend: str = DEFAULT_CUTOFF
    days_off: tuple[str, ...] = ()

    def cutoff_on(self, day: date) -> str:
        is_off = day.weekday() >= 5 or day.isoformat() in self.days_off
        return self.cutoff_weekend if is_off else self.cutoff_weekday


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A condition that needs an ambulance. Asked of a sex ("" of both) at ages of [from, until) months."""

    code: str
    texts: Mapping[str, str]
    sex: str = ""
    from_months: int = 0
    until_months: int = ANY_MONTHS

    def concerns(self, *, sex: str, months: int | None) -> bool:
        """Tell whether it is asked of somebody; what is not known of him leaves nothing out."""
        if self.sex and sex in ("male", "female") and sex != self.sex:
            return False
        return months is None or self.from_months <= months < self.until_months


def is_setting(name: str, value: Any) -> bool:
    """Tell whether a value may stand under the name of a setting (without its prefix)."""
    if name in ("cutoff_weekday", "cutoff_weekend"):
        return isinstance(value, str) and (value in (OFF, CLOSED) or bool(_CLOCK.fullmatch(value)))
    return name == "days_off" and isinstance(value, list) and all(isinstance(one, str) for one in value)


def months_on(birth_date: date | None, day: date) -> int | None:
    """Return full months of age on a day; None while the birth date is unknown."""
    if birth_date is None:
        return None
    return (day.year - birth_date.year) * 12 + day.month - birth_date.month - (day.day < birth_date.day)


def needs_ambulance(*, months: int | None, temperature: Decimal | None) -> bool:
    """Tell whether it is a baby under 3 months whose temperature is above 38.0 °C."""
    return temperature is not None and temperature > BABY_FEVER and months is not None and months < BABY_MONTHS


def is_child(months: int | None) -> bool:
    """Tell whether somebody is under 18; an unknown age is an adult's."""
    return months is not None and months < ADULT_MONTHS


def asks_about_clinic(months: int | None) -> bool:
    """Tell whether to ask if the person can come himself: a sick baby in the first year is seen at home."""
    return months is None or months >= CLINIC_QUESTION_FROM_MONTHS


def is_open_at(at: time, cutoff: str) -> bool:
    """Tell whether a call for the same day is still taken; the minute of the cut-off itself is too late."""
    if cutoff in (OFF, CLOSED):
        return cutoff == OFF
    return at < time.fromisoformat(cutoff)


def offered_days(local: datetime, rules: HomeVisitRules) -> list[date]:
    """Return the days a doctor may be called for: today before the cut-off, and the next day that has calls."""
    today = local.date()
    days = [today] if is_open_at(local.time(), rules.cutoff_on(today)) else []
    ahead = (today + timedelta(days=number) for number in range(1, LOOK_AHEAD_DAYS + 1))
    after = next((day for day in ahead if rules.cutoff_on(day) != CLOSED), None)
    return [*days, after] if after else days


def is_half_over(half: str, day: date, local: datetime) -> bool:
    """Tell whether the first half of a day is wished when it has passed."""
    return half == MORNING and day == local.date() and local.time() >= NOON


def can_cancel(*, status: str, is_own: bool) -> bool:
    """Tell whether the person himself may cancel: what he asked for here, until a doctor is assigned."""
    return is_own and status in CANCELLABLE


def call_key(form_key: UUID, *, account_id: UUID, person_id: UUID) -> UUID:
    """Return the key of a call: the same form gives it again, another account's or person's form another one."""
    return uuid5(form_key, f"{account_id}:{person_id}")


def split_flat(address: str) -> tuple[str, str]:
    """Part the flat from an address in one line: «…, д. 12, кв. 45» -> («…, д. 12», «45»); "" where there is none."""
    found = _FLAT.match(address.strip())
    return (found["rest"], found["flat"]) if found else (address.strip(), "")
