"""A storage in a folder: `ab/cd/abcd…`, files readable for their owner only."""

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import BinaryIO

from medkarta.integrations.storage.contract import FileMissing

_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)


class FileStorage:
    """Files are written beside their place, flushed to the disk and renamed: a reader sees all or nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()
        path = self._path(key)
        if path.exists():
            return key
        for folder in (self._folder, path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        partial = path.with_name(f".{key}.{secrets.token_hex(8)}")
        try:
            _write(partial, data)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        _flush_folder(path.parent)
        return key

    def open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise FileMissing from None

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise FileMissing
        return self._folder / key[:2] / key[2:4] / key


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
