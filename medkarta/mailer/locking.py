"""Encrypt a PDF: the work of a confined process (`core.confined`), see `protection`."""

import secrets
from typing import BinaryIO

import pikepdf

from medkarta.core.confined import check


def run(source: BinaryIO, target: BinaryIO, secret: bytes) -> None:
    """Write the PDF `source` encrypted; `secret` is the password, UTF-8. Raises what pikepdf does, and MemoryError."""
    with pikepdf.open(source, access_mode=pikepdf.AccessMode.stream) as found:
        lock = pikepdf.Encryption(user=secret.decode(), owner=secrets.token_urlsafe(32), R=6, aes=True, metadata=True)
        found.save(target, encryption=lock)
        check(found.get_warnings())
