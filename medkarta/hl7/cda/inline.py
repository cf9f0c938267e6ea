"""Running text: pieces in styles become runs, with spaces as a browser would show them."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from medkarta.core.blocks import Run, Style

SPACE = re.compile(r"[ \t\r\n\f\v]+")
_ADDRESS = re.compile(r"https?://[^\s<>\"'\\^`{|}]+", re.I)
_STYLE_WORDS = re.compile(r"[A-Z][a-z]+|[a-z]+")
_MAX_STYLE_CODE = 200
_STYLES = {
    "bold": Style.STRONG,
    "strong": Style.STRONG,
    "italics": Style.EMPHASIS,
    "italic": Style.EMPHASIS,
    "emphasis": Style.EMPHASIS,
    "underline": Style.UNDERLINE,
    "strikethrough": Style.STRIKE,
}
ELEMENT_STYLES = {
    "sub": frozenset({Style.SUBSCRIPT}),
    "sup": frozenset({Style.SUPERSCRIPT}),
    "b": frozenset({Style.STRONG}),
    "strong": frozenset({Style.STRONG}),
    "i": frozenset({Style.EMPHASIS}),
    "em": frozenset({Style.EMPHASIS}),
    "u": frozenset({Style.UNDERLINE}),
    "s": frozenset({Style.STRIKE}),
    "strike": frozenset({Style.STRIKE}),
    "del": frozenset({Style.STRIKE}),
}


class Look(NamedTuple):
    """How text stands out and where it leads."""

    styles: frozenset[Style] = frozenset()
    href: str = ""

    def styled(self, styles: frozenset[Style]) -> "Look":
        return Look(self.styles | styles, self.href)


PLAIN = Look()
BULLET = "• "


@lru_cache(maxsize=256)
def styles_of(code: str) -> frozenset[Style]:
    """Return the styles of a styleCode (`Bold Italics`); those of other publishers mean nothing here."""
    found = (_STYLES.get(word.lower()) for word in _STYLE_WORDS.findall(code[:_MAX_STYLE_CODE]))
    return frozenset(style for style in found if style)


def address_of(text: str) -> str:
    """Return an address that may be a link: absolute, http or https, naming no user; else empty."""
    text = text.strip()
    if not _ADDRESS.fullmatch(text):
        return ""
    try:
        parts = urlsplit(text)
        return text if parts.hostname and "@" not in parts.netloc else ""
    except ValueError:
        return ""


@dataclass(slots=True)
class Line:
    """Running text being collected."""

    _pieces: list[tuple[Look, list[str]]] = field(default_factory=list)
    _is_after_space: bool = True

    def add(self, text: str, look: Look = PLAIN) -> None:
        text = SPACE.sub(" ", text)
        if self._is_after_space:
            text = text.removeprefix(" ")
        if not text:
            return
        self._is_after_space = text[-1] == " "
        if self._pieces and self._pieces[-1][0] == look and not self._ends_with_break():
            self._pieces[-1][1].append(text)
        else:
            self._pieces.append((look, [text]))

    def end_line(self) -> None:
        """Break the line where a block ends; neither at the start nor twice, nor after the bullet of an item."""
        if self._pieces and self._pieces[-1][1][-1] == BULLET:
            return
        self._trim()
        if self._pieces and not self._ends_with_break():
            self.break_line()

    def break_line(self) -> None:
        self._trim()
        if self._pieces:  # nothing to break at the start
            self._pieces.append((PLAIN, ["\n"]))
        self._is_after_space = True

    def runs(self) -> tuple[Run, ...]:
        """Return what was collected and start anew; empty if there is no text in it."""
        pieces = self._pieces
        self._pieces, self._is_after_space = [], True
        while pieces:
            look, texts = pieces[-1]
            last = "".join(texts).rstrip(" \n")
            if last:
                pieces[-1] = (look, [last])
                break
            pieces.pop()
        return tuple(Run("".join(texts), look.styles, look.href) for look, texts in pieces)

    def _ends_with_break(self) -> bool:
        return bool(self._pieces) and self._pieces[-1][1][-1] == "\n"

    def _trim(self) -> None:
        while self._pieces and not self._ends_with_break():
            pieces = self._pieces[-1][1]
            pieces[-1] = pieces[-1].rstrip(" ")
            if pieces[-1]:
                return
            pieces.pop()
            if not pieces:
                self._pieces.pop()
