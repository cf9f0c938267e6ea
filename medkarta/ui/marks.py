"""The mark of a state, as the macro `state` draws it. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StateMark:
    """A status in words, with the tone and the icon of its mark."""

    text: str
    tone: str
    icon: str
