"""What every storage offers."""

from typing import BinaryIO, Protocol


class FileMissing(Exception):
    """No such file under this key."""


class StorageUnavailable(Exception):
    """The storage does not answer, refuses us, or is full. The text holds no address, no key and no data."""


class Storage(Protocol):
    """Bytes under keys that are the SHA-256 of the bytes: equal content is kept once.

    Everything raises StorageUnavailable; what was stored before stays as it is.
    """

    def put(self, data: bytes) -> str:
        """Keep the bytes; return their key (64 hex digits). Nothing is seen under the key before all of it is."""
        ...

    def open(self, key: str) -> BinaryIO:
        """Return the bytes as a file that can be read and sought, piece by piece. Raises FileMissing."""
        ...

    def delete(self, key: str) -> None:
        """Forget the bytes. A key that is not there is no error."""
        ...
