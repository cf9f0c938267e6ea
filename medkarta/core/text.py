"""Texts as a search compares them. No Django."""


def folded(text: str) -> str:
    """Return a text without case, ё as е, with single spaces."""
    return " ".join(text.casefold().replace("ё", "е").split())
