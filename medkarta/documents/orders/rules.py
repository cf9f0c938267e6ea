"""Decisions about orders of certificates: whom a kind is for, what tells two orders apart, by when. Pure.

Sources: domain rules of the portal §6 (kinds and acts are data, `catalogue.json`); the two check digits of a person's
ИНН as the tax service publishes them: weighted sums modulo 11, then modulo 10.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from medkarta.core.working_days import Calendar, add_working_days

LIVE = ("new", "in-work", "visit")
CANCELLABLE = LIVE
CLINIC_MOVES: Mapping[str, tuple[str, ...]] = {
    "in-work": ("new", "visit"),
    "visit": ("new", "in-work"),
    "ready": LIVE,
    "refused": LIVE,
}
"""What the clinic's side may do: status -> statuses it starts from."""
SEEN = ("seen", "inferred")
PORTAL, PAPER = "portal", "paper"
ADULT_YEARS = 18
TAX_YEARS_BACK, TAX_FROM_YEAR = 3, 2024
_INN_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


class Mode(StrEnum):
    """Whether a kind can be ordered here: a status can also come from a clinic alone, or nothing at all does."""

    ORDER = "order"
    IN_PERSON = "in-person"
    STATUS_ONLY = "status-only"
    RETIRED = "retired"


class Fit(StrEnum):
    """Whether somebody is of the age that a kind is for; an unknown birth date fits."""

    YES = "yes"
    TOO_YOUNG = "too-young"
    TOO_OLD = "too-old"


@dataclass(frozen=True, slots=True)
class Ages:
    """Full years [from, until) of whom a kind is for; no `until_years`: no upper end."""

    from_years: int = 0
    until_years: int | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """How many days it takes as a rule, working ones or all; `is_sure`: a law that was read says so."""

    least: int
    most: int
    is_sure: bool = False
    is_working: bool = True


def years_on(birth_date: date, day: date) -> int:
    """Return full years of age on a day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def fit(ages: Ages, birth_date: date | None, *, day: date) -> Fit:
    """Tell whether somebody is of the right age on a day: the birthdays themselves belong to the new age."""
    if birth_date is None:
        return Fit.YES
    years = years_on(birth_date, day)
    if years < ages.from_years:
        return Fit.TOO_YOUNG
    return Fit.TOO_OLD if ages.until_years is not None and years >= ages.until_years else Fit.YES


def months_before(day: date, months: int) -> date:
    """Return the day so many months earlier; a day that its month lacks becomes the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


def is_valid_inn(text: str) -> bool:
    """Tell whether twelve digits form a person's ИНН."""
    if len(text) != 12 or not (text.isascii() and text.isdigit()) or not int(text):
        return False
    return all(text[place] == _inn_digit(text[:place]) for place in (10, 11))


def _inn_digit(before: str) -> str:
    weights = _INN_WEIGHTS[len(_INN_WEIGHTS) - len(before) :]
    return str(sum(int(digit) * weight for digit, weight in zip(before, weights, strict=True)) % 11 % 10)


def tax_years(today: date) -> tuple[int, ...]:
    """Return the years that a certificate of payments is asked for, newest first.

    Expenses from 2024 on have this form; a deduction may be asked for during three years after.
    """
    return tuple(range(today.year, max(TAX_FROM_YEAR, today.year - TAX_YEARS_BACK) - 1, -1))


def ready_by(term: Term, ordered_on: date, calendar: Calendar) -> date:
    """Return the day by which it is ready as a rule; the day of the order does not count."""
    if term.is_working:
        return add_working_days(ordered_on, max(term.most, 1), calendar)
    return ordered_on + timedelta(days=term.most)


def order_key(form_key: UUID, *, account_id: UUID, person_id: UUID) -> UUID:
    """Return the key of an order: the same form gives it again, another account's or person's form another one."""
    return uuid5(form_key, f"certificate:{account_id}:{person_id}")


def same_key(*, person_id: UUID, kind: str, facility_id: UUID, apart: Mapping[str, str]) -> UUID:
    """Return what two orders of the same thing share: whose, which kind, from which clinic, about what."""
    told = "|".join(f"{name}={apart[name]}" for name in sorted(apart))
    return uuid5(person_id, f"certificate|{kind}|{facility_id}|{told}")
