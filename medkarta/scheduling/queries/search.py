"""Doctors by name, forgiving: typos, ё as е, parts of a name, case and order. Works on the kept directory alone."""

from collections.abc import Mapping
from uuid import UUID

from rapidfuzz import fuzz, process

from medkarta.core.text import folded
from medkarta.scheduling.queries.finding import Seeker
from medkarta.scheduling.queries.posts import Post

LIKE = 76
"""How alike two words must be, of 100: one wrong letter in four, two in nine."""
SHORTEST, FOUND_AT_MOST = 2, 30


def find_doctors(seeker: Seeker, text: str) -> list[Post]:
    """Return the posts whose doctor or position a text names, the likeliest first, those of children's age left out."""
    wanted = [word for word in folded(text).replace(".", " ").split() if len(word) >= SHORTEST][:5]
    posts, words = seeker.directory.posts, seeker.directory.words
    if not wanted:
        return []
    scores = [_scores(one, words) for one in wanted]
    common = set.intersection(*(set(one) for one in scores))
    home = seeker.client.registered_facility_ids

    def order(place: int) -> tuple[float, bool, str]:
        return -sum(one[place] for one in scores), posts[place].facility_id not in home, posts[place].doctor

    seen: set[UUID | None] = set()
    found = []
    for place in sorted(common, key=order):
        if posts[place].role_id not in seen and seeker.verdict(posts[place]).fits:
            seen.add(posts[place].role_id)
            found.append(posts[place])
        if len(found) == FOUND_AT_MOST:
            break
    return found


def _scores(wanted: str, words: Mapping[str, frozenset[int]]) -> dict[int, float]:
    """Return how well one word fits each post: 100 for its beginning, else how alike they are."""
    alike = {word: score for word, score, _place in process.extract(
        wanted, list(words), scorer=fuzz.ratio, score_cutoff=LIKE, limit=None
    )}  # fmt: skip
    alike |= {word: 100.0 for word in words if word.startswith(wanted)}
    found: dict[int, float] = {}
    for word, score in alike.items():
        for place in words[word]:
            found[place] = max(found.get(place, 0.0), score)
    return found
