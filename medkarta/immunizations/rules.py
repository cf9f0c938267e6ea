"""How a vaccination is called. Pure."""

from collections.abc import Sequence

_CYRILLIC = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")


def shown_name(*, diseases: Sequence[str], series: str, vaccine: str) -> str:
    """Return what people call it: «Корь, краснуха, паротит, ревакцинация»; the vaccine where no disease is named.

    Empty if nothing is known. The first letter is made a capital, the rest stays as sent.
    """
    names = [name.strip() for name in diseases if name.strip()]
    if not names:
        return _capital(vaccine.strip())
    first, *rest = names
    parts = [first, *(_lowered(name) for name in rest)]
    if series.strip():
        parts.append(_lowered(series.strip()))
    return _capital(", ".join(parts))


def is_russian(text: str) -> bool:
    """Tell whether a text has Russian letters, so that it can be shown to people as it is."""
    return any(letter in _CYRILLIC for letter in text.lower())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lowered(text: str) -> str:
    """Lower the first letter of a plain word; an abbreviation (БЦЖ, COVID-19) keeps its capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
