"""Whom an announcement concerns, and which addresses may be linked. Pure."""

from collections.abc import Sequence
from datetime import date


def age_on(birth_date: date, today: date) -> int:
    """Return the age in full years. A person born on 29 February is a year older on 1 March."""
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))


def is_running(*, starts_on: date | None, ends_on: date | None, today: date) -> bool:
    """Tell whether a day is within the days of an announcement, both included; None has no limit."""
    return (starts_on is None or starts_on <= today) and (ends_on is None or today <= ends_on)


def concerns(
    *,
    min_age: int,
    max_age: int,
    limits: Sequence[int],
    audience: str,
    birth_date: date | None,
    gender: str,
    today: date,
) -> bool:
    """Tell whether an announcement is for a person of this birth date and FHIR gender.

    `limits`: the lowest and highest age that mean "any". Somebody of unknown age sees what is for any age,
    somebody of unknown sex what is for everybody.
    """
    if audience and audience != gender:
        return False
    if birth_date is None:
        return (min_age, max_age) == tuple(limits)
    return min_age <= age_on(birth_date, today) <= max_age


def is_linkable(href: str) -> bool:
    """Tell whether an address may stand in a link: a path of this site or https. No scripts, no foreign `//host`."""
    if any(character.isspace() or ord(character) < 32 for character in href) or "\\" in href:
        return False
    if href.startswith("/"):
        return not href.startswith("//")
    return href.startswith("https://") and len(href) > len("https://")
