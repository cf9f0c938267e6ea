"""Pictures of the documents read last: a page asks for each by itself, and to read one is to read the whole document.

Kept under the hash of the file and the language, in the memory of one process. Who may see them is asked before.
"""

from collections import OrderedDict
from threading import Lock

from medkarta.core.blocks import Picture

MOST_BYTES = 32 * 1024 * 1024
_MOST_DOCUMENTS = 32

Key = tuple[str, str]
"""SHA-256 of the file, and the language of what is said of a picture."""


class Pictures:
    """Pictures by document, those asked for last, up to `most` bytes together."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[Key, tuple[Picture, ...]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> tuple[Picture, ...] | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Key, pictures: tuple[Picture, ...]) -> None:
        """Keep what fits in place of what was asked for longest ago; what alone is too large is not kept."""
        if _size(pictures) > self._most:
            return
        with self._lock:
            self._kept[key] = pictures
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_DOCUMENTS or sum(map(_size, self._kept.values())) > self._most:
                self._kept.popitem(last=False)


def _size(pictures: tuple[Picture, ...]) -> int:
    return sum(len(one.data) for one in pictures)
