"""Words for actions, registered by the rooms from their `apps.py`."""

from medkarta.core.errors import Text

_TEXTS: dict[str, Text] = {}


def register(texts: dict[str, Text]) -> None:
    """Name actions in words: `room.verb` -> «посмотрел(а) рецепты». Read by the patient."""
    _TEXTS.update(texts)


def text_of(action: str) -> Text:
    return _TEXTS.get(action, action)


def registered() -> frozenset[str]:
    return frozenset(_TEXTS)
