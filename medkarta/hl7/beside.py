"""Signatures that lie beside the files that they are of: `x.xml` with `x.xml.p7s`, `x.xml.sig` or `x.p7s`."""

import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO

SUFFIXES = (".p7s", ".sig", ".sgn")
MOST, MOST_BYTES = 20, 1024 * 1024

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


def read(openers: Iterable[Opener]) -> tuple[bytes, ...]:
    """Return the bytes of signatures; what is too large is cut, what is damaged is empty, and will be found corrupt."""
    return tuple(map(_bytes, openers))


def _bytes(opener: Opener) -> bytes:
    try:
        with opener() as file:
            return file.read(MOST_BYTES)
    except _DAMAGED:
        return b""
