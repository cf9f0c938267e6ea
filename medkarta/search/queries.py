"""Reads of the index: what a person's record holds of some words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models.expressions import RawSQL

from medkarta.core.scopes import PatientScope
from medkarta.core.sql import moment, uuid_of
from medkarta.search import kinds as registry
from medkarta.search import lexicon, rules, sql
from medkarta.search.lemmas import forms
from medkarta.search.snippets import Marker, Run

Kinds = Iterable[str] | None


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry: its title and the surroundings of the first hit, both as runs of text with the hits marked."""

    kind: str
    subject_id: UUID
    title: str
    title_runs: tuple[Run, ...]
    snippet: tuple[Run, ...]
    dated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """How many entries there are, and a page of them. `shown_for`: the words as understood, "" if taken as asked."""

    total: int
    hits: tuple[Hit, ...]
    shown_for: str


@dataclass(frozen=True, slots=True)
class Matched:
    """The rooms' rows that were found, for `filter(pk__in=matched.ids)`; `marker` shows the hits in their texts."""

    ids: RawSQL
    marker: Marker
    shown_for: str


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a search: as typed, or put right; and the tokens that it stands for."""

    shown: str
    tokens: tuple[str, ...]
    is_last: bool = False
    is_corrected: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """A search as understood: what the database is asked, and how many it has found."""

    wish: sql.Wish
    words: tuple[_Word, ...]
    total: int

    @property
    def shown_for(self) -> str:
        return " ".join(word.shown for word in self.words) if any(word.is_corrected for word in self.words) else ""

    @property
    def marker(self) -> Marker:
        return Marker({token for word in self.words for token in word.tokens})


def find(scope: PatientScope, words: str, *, kinds: Kinds = None, limit: int = 50, offset: int = 0) -> Found:
    """Return entries of this record that hold all the words, newest first. Two statements; typos cost two more.

    Words count in any form, the last one also unfinished. What this scope may not see is not there for it.
    """
    reading = _read(scope, words, tuple(kinds or ()))
    if reading is None or not reading.total:
        return Found(0, (), "")
    rows = sql.page(reading.wish, limit=limit, offset=offset)
    marker = reading.marker
    hits = tuple(
        Hit(kind, uuid_of(subject), title, marker.marked(title), marker.snippet(body), dated_at and moment(dated_at))
        for kind, subject, title, body, dated_at in rows
    )
    for hit in hits:
        scope.reads.add(registry.find(hit.kind).reads, [hit.subject_id])
    return Found(reading.total, hits, reading.shown_for)


def ids(scope: PatientScope, words: str, *, kinds: Kinds = None) -> Matched:
    """Return what `find` finds as a subquery, for a list that filters, sorts and pages by itself.

    One statement; a mistyped word costs one more, several mistyped words two.
    """
    reading = _read(scope, words, tuple(kinds or ()), is_counted=False)
    if reading is None:
        return Matched(sql.nothing(), Marker(()), "")
    return Matched(reading.wish.subjects, reading.marker, reading.shown_for)


def _read(scope: PatientScope, query: str, kinds: tuple[str, ...], *, is_counted: bool = True) -> _Reading | None:
    """Return a search as it finds something; as it was asked if nothing helps; None if it asks for nothing.

    Not `is_counted`: a single word that was put right is known to be held, and how often is not asked.
    """
    words = _words(query)
    if not words:
        return None
    asked, newest = _ask(scope, words, kinds)
    if lexicon.WORDS.follow(newest) and (again := _words(query)) != words:
        asked, _newest = _ask(scope, again, kinds)
    if asked.total:
        return asked
    for other, is_held in _corrections(scope, asked.words, query, kinds):
        if is_held and len(other) == 1 and not is_counted:
            return _Reading(_wish(scope, [other[0].tokens], kinds), other, 1)
        reading, _newest = _ask(scope, other, kinds)
        if reading.total:
            return reading
    return asked


def _ask(scope: PatientScope, words: tuple[_Word, ...], kinds: tuple[str, ...]) -> tuple[_Reading, tuple[int, str]]:
    wish = _wish(scope, [word.tokens for word in words], kinds)
    total, newest = sql.count(wish)
    return _Reading(wish, words, total), newest


def _wish(scope: PatientScope, groups: sql.Groups, kinds: tuple[str, ...]) -> sql.Wish:
    return sql.Wish(scope.person_id, groups, kinds, with_restricted=scope.shows_restricted)


def _words(query: str) -> tuple[_Word, ...]:
    """Return the words of a search with what each stands for; words that carry nothing are left out."""
    typed = list(rules.asked(query))[: rules.MOST_ASKED]
    is_unfinished = query[-1:].isalnum()
    found = []
    for number, one in enumerate(typed, start=1):
        is_last = number == len(typed) and is_unfinished
        tokens = (rules.whole(one),) if rules.is_compound(one) else forms(one)
        begun = lexicon.WORDS.begun(one) if is_last and tokens else []
        if tokens:
            found.append(_Word(one, tuple(dict.fromkeys((*tokens, *begun))), is_last))
    return tuple(found)


def _corrections(
    scope: PatientScope, words: tuple[_Word, ...], query: str, kinds: tuple[str, ...]
) -> Iterator[tuple[tuple[_Word, ...], bool]]:
    """Yield what may have been meant, and whether the record is known to hold each word of it by itself.

    First words put right, then words of the other keyboard.
    """
    if mended := _mended(scope, words, kinds):
        yield mended, True
    if (retyped := rules.retyped(query)) and (other := _words(retyped)):
        marked = tuple(_Word(word.shown, word.tokens, word.is_last, is_corrected=True) for word in other)
        yield marked, False
        if mended := _mended(scope, marked, kinds):
            yield mended, True


def _mended(scope: PatientScope, words: tuple[_Word, ...], kinds: tuple[str, ...]) -> tuple[_Word, ...]:
    """Return words of which those that this record does not hold are replaced by the nearest that it does hold.

    One statement asks for all of them. Empty if nothing can be put right.
    """
    near = [_near(word) for word in words]
    probes = [(number, tokens) for number, word in enumerate(words) for tokens in (word.tokens, *near[number])]
    exist = sql.exist([_wish(scope, [tokens], kinds) for _number, tokens in probes])
    held = [[tokens for (at, tokens), is_held in zip(probes, exist, strict=True) if at == number and is_held]
            for number in range(len(words))]  # fmt: skip
    if not all(held) or all(word.tokens in held[number] for number, word in enumerate(words)):
        return ()
    return tuple(
        word if word.tokens in held[number] else _Word(held[number][0][0], held[number][0], word.is_last, True)
        for number, word in enumerate(words)
    )


def _near(word: _Word) -> list[tuple[str]]:
    """Return the words of the house that a mistyped one may mean, the likeliest first."""
    known, typed = lexicon.WORDS, word.shown.casefold().replace("ё", "е")
    found: dict[str, int] = {}
    for each in dict.fromkeys((typed, *forms(word.shown))):
        for slips, one in known.like(each):
            found[one] = min(slips, found.get(one, slips))
    if not found and word.is_last:
        found = {one: slips for slips, one in known.begun_like(typed)}
    return [(one,) for one in sorted(found, key=lambda one: found[one]) if one not in word.tokens]
