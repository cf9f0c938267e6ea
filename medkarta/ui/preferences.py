"""How a person wants pages to look: theme, low vision, language. Pure values, kept in one short text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("light", "dark"),
    "vision": ("normal", "low"),
    "font_size": ("1", "2", "3"),
    "scheme": ("bw", "wb", "blue"),
    "spacing": ("normal", "wide"),
    "language": ("ru", "en"),
}


@dataclass(frozen=True, slots=True)
class Preferences:
    """Looks of the pages. `font_size`, `scheme` and `spacing` matter in the low-vision version only."""

    theme: str = "light"
    vision: str = "normal"
    font_size: int = 2
    scheme: str = "bw"
    spacing: str = "wide"
    language: str = "ru"

    @property
    def is_low(self) -> bool:
        """Tell whether the low-vision version is on."""
        return self.vision == "low"


def change(current: Preferences, data: Mapping[str, Any]) -> Preferences:
    """Return `current` with the known, valid values of `data` (a posted form); the rest is ignored."""
    found: dict[str, Any] = {}
    for name, allowed in CHOICES.items():
        value = str(data.get(name, ""))
        if value in allowed:
            found[name] = int(value) if name == "font_size" else value
    return replace(current, **found)


def dump(preferences: Preferences) -> str:
    """Return a cookie-safe text of the values in the order of `CHOICES`: `dark.normal.2.bw.wide.ru`."""
    return ".".join(str(getattr(preferences, name)) for name in CHOICES)


@lru_cache(maxsize=256)
def parse(text: str) -> Preferences:
    """Return the preferences that `dump` wrote; anything unknown in it becomes the default."""
    return change(Preferences(), dict(zip(CHOICES, text.split("."), strict=False)))
