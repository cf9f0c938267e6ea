"""What every storage offers."""

from typing import BinaryIO, Protocol


class FileMissing(Exception):
    """No such file under this key."""


class Storage(Protocol):
    """Bytes under keys that are the SHA-256 of the bytes: equal content is kept once."""

    def put(self, data: bytes) -> str:
        """Keep the bytes; return their key (64 hex digits). Nothing is seen under the key before all of it is."""
        ...

    def open(self, key: str) -> BinaryIO:
        """Return the bytes as a file opened for reading. Raises FileMissing."""
        ...

    def delete(self, key: str) -> None:
        """Forget the bytes. A key that is not there is no error."""
        ...
