"""The words that were looked for, marked in what was found."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from medkarta.search import lemmas, rules

_BEFORE, _LENGTH = 60, 240
_SCANNED = 20_000
_ELLIPSIS = "…"


class Run(NamedTuple):
    """A piece of text, and whether it is what was looked for."""

    text: str
    is_hit: bool


class Marker:
    """Finds the forms of some lemmas in texts."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = frozenset(wanted)
        starts = {_start(one).replace("е", "[её]") for one in wanted}
        self._starts = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(starts)) or '(?!)'})", re.IGNORECASE)

    def marked(self, text: str) -> tuple[Run, ...]:
        """Return the whole text with its hits."""
        return tuple(_runs(text, list(self._spans(text)) or list(self._unlike(text))))

    def snippet(self, text: str) -> tuple[Run, ...]:
        """Return the surroundings of the first hit; the beginning of the text without any."""
        first = next(self._spans(text), None) or next(self._unlike(text[:_SCANNED]), (0, 0))
        start = _word_start(text, first[0] - _BEFORE) if first[0] > _BEFORE else 0
        end = _word_end(text, start + _LENGTH)
        part = text[start:end]
        spans = list(self._spans(part)) or [(first[0] - start, first[1] - start)] * bool(first[1])
        shown = list(_runs(part, spans))
        before = [Run(_ELLIPSIS, False)] if start else []
        after = [Run(_ELLIPSIS, False)] if end < len(text) else []
        return (*before, *shown, *after)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield hits that begin as their lemma does: nearly all."""
        end = 0
        for match in self._starts.finditer(text):
            if match.start() < end:
                continue
            token, word = rules.TOKEN.match(text, match.start()), rules.WORD.match(text, match.start())
            for found in (token, word):
                if found and self._is_hit(found[0]):
                    end = found.end()
                    yield found.span()
                    break

    def _unlike(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield hits that do not: «детей» for «ребёнок»."""
        return (match.span() for match in rules.WORD.finditer(text) if self._is_hit(match[0]))

    def _is_hit(self, token: str) -> bool:
        if rules.is_compound(token):
            return rules.whole(token) in self._wanted
        return not self._wanted.isdisjoint(lemmas.forms(token))


def _start(lemma: str) -> str:
    """Return what the forms of a lemma begin with, at least most of them."""
    first = rules.WORD.match(lemma)
    word = first[0] if first else ""
    return word[: min(4, max(2, len(word) - 2))]


def _runs(text: str, spans: list[tuple[int, int]]) -> Iterator[Run]:
    at = 0
    for start, end in spans:
        if start > at:
            yield Run(text[at:start], False)
        yield Run(text[start:end], True)
        at = end
    if at < len(text):
        yield Run(text[at:], False)


def _word_start(text: str, at: int) -> int:
    return text.find(" ", at) + 1 if text[at - 1] != " " else at


def _word_end(text: str, at: int) -> int:
    return len(text) if at >= len(text) else max(text.rfind(" ", 0, at + 1), 1)
