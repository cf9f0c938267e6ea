"""Russian words by their first forms (pymorphy3), ё as е; numbers, codes and foreign words as they are."""

import re
from functools import cache, lru_cache
from itertools import islice

from pymorphy3 import MorphAnalyzer

from medkarta.search import rules

_CYRILLIC = re.compile(r"[а-яё]")
_FUNCTION_WORDS = frozenset({"PREP", "CONJ", "PRCL", "NPRO"})
_EMPTY_VERBS = frozenset({"быть", "мочь"})
_LIKELY = 0.05
_MOST_FORMS = 3
_MOST_WORDS = 4_000
"""An unknown word takes half a millisecond: a text of nothing but such ones must not hold up all others."""


@lru_cache(maxsize=2**17)
def forms(word: str) -> tuple[str, ...]:
    """Return the first forms that a word in any case may have, likeliest first; empty for «и», «на», «она».

    «мочи» may come from «моча» and from «мочить»: a text keeps both, so that either search finds it.
    """
    word = word.casefold()[: rules.LONGEST]
    if not _CYRILLIC.search(word):
        return (word,)
    parses = _morphology().parse(word)
    if str(parses[0].tag.POS) in _FUNCTION_WORDS:
        return ()
    likely = [parses[0], *(one for one in parses[1:] if one.score >= _LIKELY)]
    found = dict.fromkeys(one.normal_form for one in likely if one.normal_form not in _EMPTY_VERBS)
    return tuple(dict.fromkeys(one.replace("ё", "е")[: rules.LONGEST] for one in list(found)[:_MOST_FORMS]))


def lemmas_of(text: str) -> set[str]:
    """Return all that a text can be found by; of the words beyond `_MOST_WORDS` different ones, only as they stand."""
    tokens = dict.fromkeys(rules.TOKEN.findall(text))
    found = {rules.whole(token) for token in tokens if rules.has_digit(token)}
    words = dict.fromkeys(word.casefold()[: rules.LONGEST] for token in tokens for word in rules.WORD.findall(token))
    for word in islice(words, _MOST_WORDS):
        found.update(forms(word))
    return found.union(word.replace("ё", "е") for word in islice(words, _MOST_WORDS, None))


@cache
def _morphology() -> MorphAnalyzer:
    return MorphAnalyzer()
