"""Signatures that lie beside the files that they are of: `x.xml` with `x.xml.p7s`, `x.xml.sig` or `x.p7s`."""

import logging
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO

SUFFIXES = (".p7s", ".sig", ".sgn")
MOST, MOST_BYTES = 20, 1024 * 1024
"""Signatures of one document, and bytes of one without the document that it may carry along."""

logger = logging.getLogger(__name__)
_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError)
Opener = Callable[[], BinaryIO]


def pairs(names: Iterable[str]) -> dict[str, list[str]]:
    """Return which signatures of one folder or archive belong to which file; names keep their paths."""
    files = sorted(names)
    signatures = [name for name in files if name.lower().endswith(SUFFIXES)]
    others = {name.lower(): name for name in files if not name.lower().endswith(SUFFIXES)}
    found: dict[str, list[str]] = {}
    for name in signatures:
        owner = _owner(name.lower(), others)
        if owner is not None and len(found.setdefault(owner, [])) < MOST:
            found[owner].append(name)
    return found


def _owner(signature: str, others: Mapping[str, str]) -> str | None:
    """Return the file that a signature names: `x.xml.p7s`, also numbered (`x.xml.1.p7s`), or `x.p7s`."""
    stem = signature.rpartition(".")[0]
    numbered = stem.rpartition(".")[0] if stem.rpartition(".")[2].isdecimal() else ""
    return next((others[name] for name in (stem, numbered, f"{stem}.xml") if name in others), None)


def read(openers: Iterable[Opener], size: int) -> tuple[bytes, ...]:
    """Return the bytes of the signatures of a document of `size` bytes; what is damaged is empty, found corrupt later.

    Each is whole: it may carry the document along, in base64 too. What is larger than that, or fills the memory
    together with others, is left out, and the log says so.
    """
    most = (MOST_BYTES + size) * 3 // 2  # base64 and its line ends take less than half as much again
    left = most + MOST * MOST_BYTES
    found: list[bytes] = []
    for opener in openers:
        bound = min(most, left)
        data = _bytes(opener, bound + 1)
        if len(data) > bound:
            logger.warning("A signature beside a document is larger than %d bytes: it is left out", bound)
        else:
            found.append(data)
            left -= len(data)
    return tuple(found)


def _bytes(opener: Opener, most: int) -> bytes:
    try:
        with opener() as file:
            return file.read(most)
    except _DAMAGED:
        return b""
