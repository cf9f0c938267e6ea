"""Where words begin and end, how a search is read, how many typos are forgiven. Pure, no morphology."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID

MOST_CHARS = 100_000
"""How much of a text is kept and indexed: about fifty pages."""
MOST_ASKED = 8
"""How many words of a search count."""
MOST_QUERY_CHARS = 300
LONGEST = 64
"""Letters of the longest token; the rest of it is left out."""
SHORTEST_PREFIX = 4
"""From how many letters on an unfinished last word stands for all words that begin so."""

TOKEN = re.compile(r"[^\W_]+(?:[.,/–-][^\W_]+)*")
"""A word, or several held together: «терапевт-кардиолог», «J06.9», «12.03.2026», «5,2»."""
WORD = re.compile(r"[^\W_]+")

_JOINTS = str.maketrans(",/–", ".--")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_EPOCH = datetime(1800, 1, 1, tzinfo=UTC)
_HASH_BITS, _LAST_MINUTE = 35, 2**28 - 1
_RETYPED = str.maketrans(
    "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>",
    "ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ",
)


def plain(text: str) -> str:
    """Return a text as it is kept: single spaces, no longer than `MOST_CHARS`, nothing a database refuses."""
    return " ".join(_UNSTORABLE.sub("", text[: 2 * MOST_CHARS]).split())[:MOST_CHARS]


def whole(token: str) -> str:
    """Return a token that holds a number as one searchable piece: «5,2» and «5.2» are the same."""
    return token.casefold().translate(_JOINTS)[:LONGEST]


def has_digit(token: str) -> bool:
    return any(letter.isdigit() for letter in token)


def is_compound(token: str) -> bool:
    return WORD.fullmatch(token) is None


def asked(query: str) -> Iterator[str]:
    """Yield the pieces of a search: words, and numbers with what holds them together."""
    for match in TOKEN.finditer(query[:MOST_QUERY_CHARS]):
        if has_digit(match[0]) or not is_compound(match[0]):
            yield match[0]
        else:
            yield from WORD.findall(match[0])


def retyped(query: str) -> str:
    """Return what a search means if the keyboard stood on Latin letters; empty if it did not."""
    is_latin = re.search(r"[a-z]", query, re.IGNORECASE) and not re.search(r"[а-яё]", query, re.IGNORECASE)
    return query.translate(_RETYPED) if is_latin else ""


def typos_forgiven(word: str) -> int:
    """Return how many slips (a wrong, missing, extra or swapped letter) a word may hold: none in short ones."""
    if len(word) < 4 or not word.isalpha():
        return 0
    return 1 if len(word) < 7 else 2


def entry_id(kind: str, subject_id: UUID, dated_at: datetime | None) -> int:
    """Return the key of an entry, 63 bits: minutes of its date, then a mark of its own.

    Keys therefore go by date, and an index that reads them backwards gives the newest first, undated ones last.
    """
    mark = int.from_bytes(blake2b(subject_id.bytes + kind.encode(), digest_size=8).digest(), "big") >> 64 - _HASH_BITS
    return minute_of(dated_at) << _HASH_BITS | mark


def minute_of(dated_at: datetime | None) -> int:
    """Return minutes since 1800, 0 for no date; dates outside 510 years from there stand at the ends."""
    if dated_at is None:
        return 0
    return min(max(int((dated_at - _EPOCH).total_seconds() // 60), 1), _LAST_MINUTE)


def minute_of_id(entry: int) -> int:
    return entry >> _HASH_BITS
