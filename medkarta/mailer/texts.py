"""Words of notices, registered by the rooms from their `apps.py`; names and dates are filled in when told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter

from medkarta.core.errors import Text

Facts = Callable[..., Mapping[str, str] | None]
NEUTRAL = ("when",)


@dataclass(frozen=True, slots=True)
class Words:
    """How one kind of news is told.

    `subject`: the line of the bell and the subject of the letter, without anything medical. `body`: the neutral
    letter, which may use the facts named in `neutral` only. `detailed`: the letter for those who asked for details.
    `buttons`: (fact that holds a path of this site, title). `is_urgent`: not put off until the morning.
    """

    key: str
    subject: Text
    body: Text
    detailed: Text
    facts: Facts | None
    neutral: tuple[str, ...]
    buttons: tuple[tuple[str, Text], ...]
    is_urgent: bool


_WORDS: dict[str, Words] = {}


def register(
    key: str,
    *,
    subject: Text,
    body: Text,
    detailed: Text = "",
    facts: Facts | None = None,
    neutral: tuple[str, ...] = NEUTRAL,
    buttons: tuple[tuple[str, Text], ...] = (),
    is_urgent: bool = False,
) -> None:
    """Make words known under `<room>.<what>`.

    `facts(**params)` gets the notice's params and returns what the words name, in the active language, or None when
    there is nothing to tell any more. Facts missing for `detailed` make the letter neutral.
    """
    _WORDS[key] = Words(key, subject, body, detailed, facts, neutral, buttons, is_urgent)


def get(key: str) -> Words:
    """Return registered words. Raises KeyError."""
    return _WORDS[key]


def find(key: str) -> Words | None:
    return _WORDS.get(key)


def registered() -> dict[str, Words]:
    return dict(_WORDS)


def names_in(text: Text) -> set[str]:
    """Return the facts that a text names."""
    return {name for _, name, _, _ in Formatter().parse(str(text)) if name}
