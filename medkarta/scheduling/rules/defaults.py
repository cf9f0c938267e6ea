"""Every number of booking that somebody may change, with its default. Pure data; overrides are rows of the database.

Sources: booking rules §1.11 (our defaults where no act is known), §1.4 (order of checks), §1.6 (hold).
"""

import re
from dataclasses import dataclass, fields
from typing import Any

SELF_POSITIONS = ("49", "27", "2", "61", "13", "34", "32", "15", "46", "45", "41", "59", "8", "42")
CHILDREN_POSITIONS = ("27", "13", "229", "45")
FEMALE_POSITIONS = ("2",)
FREE_OF_ATTACHMENT = ("46", "45", "2")
RESTRICTED_POSITIONS = ("40", "41")
RIGHTS_TEMPLATE = (
    "49:60",
    "27:60",
    "59:60",
    "2:40",
    "61:40",
    "13:40",
    "34:40",
    "32:40",
    "46:40",
    "45:40",
    "15:40",
    "*:0",
)
"""Per cent of a day's times that are open to everybody at once, by position; `*` is any other."""


@dataclass(frozen=True, slots=True)
class BookingRules:
    """What holds for one clinic and position at one moment. Codes of positions: НСИ 1.2.643.5.1.13.13.11.1066."""

    horizon_days: int = 14
    min_lead_minutes: int = 15
    hold_seconds: int = 300
    hold_limit_seconds: int = 900
    max_active_total: int = 5
    max_changes_per_day: int = 10
    one_per_position: bool = True
    require_attachment: bool = True
    self_positions: tuple[str, ...] = SELF_POSITIONS
    children_positions: tuple[str, ...] = CHILDREN_POSITIONS
    female_positions: tuple[str, ...] = FEMALE_POSITIONS
    free_of_attachment: tuple[str, ...] = FREE_OF_ATTACHMENT
    restricted_positions: tuple[str, ...] = RESTRICTED_POSITIONS
    adult_age: int = 18
    cancel_until_minutes: int = 0
    owner: str = "portal"
    release_mode: str = "rolling"
    release_at: str = "07:30"
    release_from: str = "06:00"
    release_to: str = "09:00"
    reserved_to_public_at: str = "18:00"
    rights_template: tuple[str, ...] = RIGHTS_TEMPLATE
    rights_reserved: tuple[str, ...] = ("Doctor", "Registry")
    waitlist_enabled: bool = True
    waitlist_default_days: int = 30
    waitlist_max_missed: int = 2
    waitlist_paused_days: int = 7
    waitlist_offer_minutes: tuple[int, ...] = (240, 60, 20)
    waitlist_quiet: tuple[int, int] = (22, 8)
    waitlist_first_seconds: int = 20
    absence_moving: str = "ask"
    absence_hold_hours: int = 24
    reminder_offsets_minutes: tuple[int, ...] = (1440, 120)


NAMES = frozenset(one.name for one in fields(BookingRules))
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_SHARE = re.compile(r"(\*|[\w.-]{1,32}):(100|\d{1,2})", re.ASCII)
_CHOICES = {
    "owner": ("portal", "mis"),
    "release_mode": ("rolling", "fixed", "midnight"),
    "absence_moving": ("ask", "same_day"),
}
_CLOCKS = ("release_at", "release_from", "release_to", "reserved_to_public_at")


def checked(name: str, value: Any) -> Any:
    """Return a value as the field holds it. Raises ValueError for an unknown name, another type, or no such value."""
    if name not in NAMES:
        raise ValueError(f"unknown booking setting {name}")
    if name in _CHOICES and value not in _CHOICES[name]:
        raise ValueError(f"{name} must be one of {', '.join(_CHOICES[name])}")
    if name in _CLOCKS and not (isinstance(value, str) and _CLOCK.fullmatch(value)):
        raise ValueError(f"{name} must be like 07:30")
    default = getattr(BookingRules(), name)
    if isinstance(default, tuple):
        if not isinstance(value, (list, tuple)) or any(type(one) is not type(default[0]) for one in value):
            raise ValueError(f"{name} must be a list like {list(default)}")
        if name == "rights_template" and not all(_SHARE.fullmatch(one) for one in value):
            raise ValueError(f"{name} must be a list like {list(default)}")
        return tuple(value)
    if type(value) is not type(default) or (isinstance(value, int) and value < 0):
        raise ValueError(f"{name} must be like {default!r}")
    return value
