"""Who may open whose record, and which row is whose. Pure functions of plain values.

Source: Federal law 323-ФЗ, articles 20, 22, 54 (edition of 271-ФЗ of 31.07.2020): from 15 the child
consents himself, the legal representative keeps receiving information until 18.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from medkarta.core.scopes import Restricted

OWN_RECORD_FROM = 14
OWN_ACTS_FROM = 15
ADULT_FROM = 18


class Match(StrEnum):
    """What comparing a hospital's row with a person says."""

    SAME = "same"
    DOUBTFUL_BIRTH_DATE = "birth-date"
    DOUBTFUL_GENDER = "gender"
    DOUBTFUL_NAME = "name"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is said to be. Numbers are valid digits, empty if unknown."""

    snils: str
    enp: str
    family_name: str
    given_name: str
    birth_date: date | None
    gender: str

    @property
    def is_named(self) -> bool:
        return bool(self.family_name or self.given_name)


def age_on(birth_date: date, day: date) -> int:
    """Return whole years. Born on 29 February turns a year older on 1 March of a common year."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def eighteen_on(birth_date: date) -> date:
    """Return the day whose first minute ends a parent's access."""
    try:
        return birth_date.replace(year=birth_date.year + ADULT_FROM)
    except ValueError:
        return date(birth_date.year + ADULT_FROM, 3, 1)


def may_open(
    *,
    kind: str,
    status: str,
    birth_date: date | None,
    full_capacity_on: date | None,
    minor15_access: str,
    confirmed_on: date,
    grace_days: int,
    today: date,
) -> bool:
    """Tell whether a representation opens the record today.

    `kind` self: from 14. `kind` parent: until the day the child turns 18 or has full capacity; from 15 it
    depends on the region (`full`, `notify_teen`: yes; `teen_may_hide`: no). A child that the provider no
    longer names stays for `grace_days`. An unknown birth date opens nothing to a parent.
    """
    if status not in ("active", "needs-confirmation"):
        return False
    if kind == "self":
        return birth_date is None or age_on(birth_date, today) >= OWN_RECORD_FROM
    if birth_date is None or today >= eighteen_on(birth_date):
        return False
    if full_capacity_on is not None and full_capacity_on <= today:
        return False
    if minor15_access == "teen_may_hide" and age_on(birth_date, today) >= OWN_ACTS_FROM:
        return False
    return status == "active" or today <= confirmed_on + timedelta(days=grace_days)


def may_act(*, kind: str, birth_date: date | None, today: date) -> bool:
    """Tell whether a representation may change anything: his own record only shows itself to a child under 15."""
    return kind != "self" or birth_date is None or age_on(birth_date, today) >= OWN_ACTS_FROM


def restricted_mode(
    *, kind: str, birth_date: date | None, is_fresh: bool, minor15_restricted: str, today: date
) -> Restricted:
    """Tell what a representation may do with records under special secrecy (§8.2).

    The owner and the parent of a child under 15 see them after proving themselves again; for the parent of a
    child of 15–17 the region decides (`hidden` or `locked`); nobody else learns that they exist.
    """
    if kind != "self":
        if birth_date is None:
            return Restricted.HIDDEN
        if age_on(birth_date, today) >= OWN_ACTS_FROM and minor15_restricted == "hidden":
            return Restricted.HIDDEN
    return Restricted.SHOWN if is_fresh else Restricted.LOCKED


def compare(
    *,
    birth_date: date | None,
    gender: str,
    family_name: str,
    given_name: str,
    person_birth_date: date | None,
    person_gender: str,
    person_family_name: str,
    person_given_name: str,
) -> Match:
    """Compare a hospital's row with the person whose СНИЛС or confirmed ЕНП it carries.

    A family name may change; a contradicting birth date or sex, or both names, makes it doubtful.
    """
    if birth_date and person_birth_date and birth_date != person_birth_date:
        return Match.DOUBTFUL_BIRTH_DATE
    known = {"male", "female"}
    if gender in known and person_gender in known and gender != person_gender:
        return Match.DOUBTFUL_GENDER
    names_differ = _folded(given_name) != _folded(person_given_name) and _folded(family_name) != _folded(
        person_family_name
    )
    if names_differ and (given_name or family_name):
        return Match.DOUBTFUL_NAME
    return Match.SAME


def contradiction(claim: Identity, known: Identity) -> str:
    """Tell what proves that two identities are not of one human being; empty if nothing does.

    A number that both have decides alone: СНИЛС before ЕНП. Otherwise what `compare` doubts is named. An unknown part
    proves nothing.
    """
    for name in ("snils", "enp"):
        one, other = getattr(claim, name), getattr(known, name)
        if one and other:
            return "" if one == other else name
    are_named = claim.is_named and known.is_named
    found = compare(
        birth_date=claim.birth_date,
        gender=claim.gender,
        family_name=claim.family_name if are_named else "",
        given_name=claim.given_name if are_named else "",
        person_birth_date=known.birth_date,
        person_gender=known.gender,
        person_family_name=known.family_name,
        person_given_name=known.given_name,
    )
    return "" if found is Match.SAME else found.value


def _folded(name: str) -> str:
    return name.strip().casefold().replace("ё", "е")
