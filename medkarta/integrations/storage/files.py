"""A storage in a folder: `ab/cd/abcd…`, files readable for their owner only."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import BinaryIO

from medkarta.integrations.storage.contract import FileMissing, StorageUnavailable
from medkarta.integrations.storage.keys import place_of


class FileStorage:
    """Files are written beside their place, flushed to the disk and renamed: a reader sees all or nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()
        path = self._path(key)
        try:
            if not path.exists():
                self._put(path, data)
        except OSError as error:
            raise StorageUnavailable(f"a file was not written ({type(error).__name__})") from error
        return key

    def open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise FileMissing from None
        except OSError as error:
            raise StorageUnavailable(f"a file was not opened ({type(error).__name__})") from error

    def delete(self, key: str) -> None:
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise StorageUnavailable(f"a file was not deleted ({type(error).__name__})") from error

    def _put(self, path: Path, data: bytes) -> None:
        for folder in (self._folder, path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            _write(partial, data)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        _flush_folder(path.parent)

    def _path(self, key: str) -> Path:
        return self._folder / place_of(key)


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
