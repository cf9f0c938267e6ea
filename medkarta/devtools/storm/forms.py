"""Reads the fields of a form as a browser would send them untouched."""

from html.parser import HTMLParser

_TICKED = ("checkbox", "radio")


class FormReader(HTMLParser):
    """`fields`: name and value of every field on a page that a form would send, the token's left out."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self.fields.append((self._select, found.get("value") or ""))
        elif tag == "input" and name not in ("", "csrfmiddlewaretoken"):
            is_mark = found.get("type") in _TICKED
            if not is_mark or "checked" in found:
                self.fields.append((name, found.get("value") or ("on" if is_mark else "")))


def fields_of(page: str) -> list[tuple[str, str]]:
    reader = FormReader()
    reader.feed(page)
    return reader.fields
