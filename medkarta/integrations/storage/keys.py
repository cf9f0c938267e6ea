"""Keys of files, and where a key's file stands: `ab/cd/abcd…`."""

import re

from medkarta.integrations.storage.contract import FileMissing

_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)


def place_of(key: str) -> str:
    """Return the place of a key's file below the root. Raises FileMissing for what is no key."""
    if not _KEY.fullmatch(key):
        raise FileMissing
    return f"{key[:2]}/{key[2:4]}/{key}"
