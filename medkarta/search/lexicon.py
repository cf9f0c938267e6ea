"""The words of the house in memory: what an unfinished word begins, what a mistyped one may mean.

A word here says nothing of anybody: whoever uses one first asks whether the person's own entries hold it.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from itertools import product
from threading import Lock

from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from medkarta.search import rules
from medkarta.search.models import SearchWord

Newest = tuple[int, str]
Shelves = dict[tuple[int, int, str], list[str]]
"""Words by their length and by their first (0) and their second (1) letter."""
_NONE: Newest = (0, "")
_LAST = "\U0010ffff"
_MOST_BEGUN, _MOST_LIKE = 200, 12
_LATE = 1_000
"""Keys are given before transactions end: so many before the last one read are looked at again."""


class Lexicon:
    """All words of the table, as of the row that was newest when it was last looked at."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._newest: Newest = _NONE
        self._arrangement: tuple[tuple[str, ...], Shelves] | None = None
        self._lock = Lock()

    @property
    def words(self) -> tuple[str, ...]:
        """All words, in order."""
        return self._arranged()[0]

    def _arranged(self) -> tuple[tuple[str, ...], Shelves]:
        with self._lock:
            if self._arrangement is None:
                ordered = tuple(sorted(self._known))
                shelves: Shelves = {}
                for word in ordered:
                    shelves.setdefault((len(word), 0, word[0]), []).append(word)
                    shelves.setdefault((len(word), 1, word[1]), []).append(word)
                self._arrangement = ordered, shelves
            return self._arrangement

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
            self._arrangement = None
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
                self._arrangement = None

    def begun(self, start: str) -> list[str]:
        """Return words that begin so, the shortest first."""
        start = start.casefold().replace("ё", "е")
        if len(start) < rules.SHORTEST_PREFIX or rules.has_digit(start):
            return []
        found = self._between(start, start + _LAST)
        return sorted(found, key=lambda word: (len(word), word))[:_MOST_BEGUN]

    def like(self, word: str) -> list[tuple[int, str]]:
        """Return (slips, word) of words that may be meant, the likeliest first.

        One of the first two letters has to be right, or only in its neighbour's place: few words are left to compare.
        """
        slips = rules.typos_forgiven(word)
        if not slips:
            return []
        shelves = self._arranged()[1]
        near = product(range(len(word) - slips, len(word) + slips + 1), (0, 1), set(word[:2]))
        close = _nearest(word, {one for shelf in near for one in shelves.get(shelf, ())}, slips)
        return sorted(close, key=lambda one: (one[0], -_common(word, one[1]), one[1]))[:_MOST_LIKE]

    def begun_like(self, word: str) -> list[tuple[int, str]]:
        """Return (slips, word) of words whose start may be meant, the likeliest first; the first letter is right."""
        slips = rules.typos_forgiven(word)
        if not slips:
            return []
        longer = [one for one in self._between(word[0], word[0] + _LAST) if len(one) > len(word)]
        begun = {start: distance for distance, start in _nearest(word, {one[: len(word)] for one in longer}, slips)}
        found = [(begun[one[: len(word)]], one) for one in longer if one[: len(word)] in begun]
        return sorted(found, key=lambda one: (one[0], len(one[1]), one[1]))[:_MOST_LIKE]

    def _between(self, first: str, last: str) -> tuple[str, ...]:
        words = self.words
        start = bisect_left(words, first)
        return words[start : bisect_left(words, last, lo=start)]


WORDS = Lexicon()
"""The one of this process."""


def _nearest(word: str, words: Collection[str], slips: int) -> list[tuple[int, str]]:
    """Levenshtein's count is the faster one and takes a swap of neighbours for two slips; so it goes first."""
    close = process.extract(word, words, scorer=Levenshtein.distance, score_cutoff=slips + 1, limit=None)
    found = ((OSA.distance(word, one, score_cutoff=slips), one) for one, _distance, _position in close)
    return [(distance, one) for distance, one in found if distance <= slips]


def _common(one: str, other: str) -> int:
    return next((number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
