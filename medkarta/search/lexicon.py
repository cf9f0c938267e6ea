"""The words of the house in memory: what an unfinished word begins, what a mistyped one may mean.

A word here says nothing of anybody: whoever uses one first asks whether the person's own entries hold it.
"""

from bisect import bisect_left
from collections.abc import Iterable
from threading import Lock

from rapidfuzz import process
from rapidfuzz.distance import OSA

from medkarta.search import rules
from medkarta.search.models import SearchWord

Newest = tuple[int, str]
_NONE: Newest = (0, "")
_MOST_BEGUN, _MOST_LIKE = 200, 12
_LATE = 1_000
"""Keys are given before transactions end: so many before the last one read are looked at again."""


class Lexicon:
    """All words of the table, as of the row that was newest when it was last looked at."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._newest: Newest = _NONE
        self._ordered: tuple[str, ...] | None = None
        self._lock = Lock()

    @property
    def words(self) -> tuple[str, ...]:
        """All words, in order."""
        with self._lock:
            if self._ordered is None:
                self._ordered = tuple(sorted(self._known))
            return self._ordered

    def follow(self, newest: Newest) -> bool:
        """Read what was added since, given the newest row of the table; tell whether anything was read.

        A list that the table has left (a transaction that was undone, an index made anew) is read as a whole.
        """
        with self._lock:
            if newest == self._newest:
                return False
            rows = dict(SearchWord.objects.filter(id__gt=self._newest[0] - _LATE).values_list("id", "word"))
            if self._newest != _NONE and rows.get(self._newest[0]) != self._newest[1]:
                rows = dict(SearchWord.objects.values_list("id", "word"))
                self._known = set()
            self._known.update(rows.values())
            self._newest = max(rows.items(), default=_NONE)
            self._ordered = None
            return True

    def learn(self, lemmas: Iterable[str]) -> None:
        """Add words that the house did not have: letters only, long enough to be begun or mistyped."""
        newest = SearchWord.objects.order_by("-id").values_list("id", "word").first()
        self.follow(newest or _NONE)
        wanted = {one for one in lemmas if len(one) >= rules.SHORTEST_PREFIX and one.isalpha()}
        with self._lock:
            added = sorted(wanted - self._known)
            if added:
                rows = SearchWord.objects.bulk_create([SearchWord(word=one) for one in added], batch_size=1_000)
                self._newest = rows[-1].pk, rows[-1].word
                self._known.update(added)
                self._ordered = None

    def begun(self, start: str) -> list[str]:
        """Return words that begin so, the shortest first."""
        start = start.casefold().replace("ё", "е")
        if len(start) < rules.SHORTEST_PREFIX or rules.has_digit(start):
            return []
        words = self.words
        first = bisect_left(words, start)
        found = words[first : bisect_left(words, start + "\U0010ffff", lo=first)]
        return sorted(found, key=lambda word: (len(word), word))[:_MOST_BEGUN]

    def like(self, word: str, *, is_unfinished: bool = False) -> list[tuple[int, str]]:
        """Return (slips, word) of words that may be meant, or of words that begin like it; the likeliest first."""
        slips = rules.typos_forgiven(word)
        if not slips:
            return []
        if is_unfinished:
            longer = [one for one in self.words if len(one) > len(word)]
            begun = dict(_nearest(word, {one[: len(word)] for one in longer}, slips))
            found = [(begun[one[: len(word)]], one) for one in longer if one[: len(word)] in begun]
        else:
            near = range(len(word) - slips, len(word) + slips + 1)
            close = _nearest(word, (one for one in self.words if len(one) in near), slips)
            found = [(distance, one) for one, distance in close]
        return sorted(found, key=lambda one: (one[0], -_common(word, one[1]), len(one[1]), one[1]))[:_MOST_LIKE]


WORDS = Lexicon()
"""The one of this process."""


def _nearest(word: str, words: Iterable[str], slips: int) -> list[tuple[str, int]]:
    found = process.extract(word, list(words), scorer=OSA.distance, score_cutoff=slips, limit=None)
    return [(one, int(distance)) for one, distance, _position in found]


def _common(one: str, other: str) -> int:
    return next((number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
