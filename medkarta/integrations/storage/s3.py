"""A storage in a bucket of an S3-compatible store, by `obstore` (extra `s3`). Objects are `prefix/ab/cd/abcd…`."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import BinaryIO

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    NotFoundError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from medkarta.integrations.storage.addresses import S3Address
from medkarta.integrations.storage.contract import FileMissing, StorageUnavailable
from medkarta.integrations.storage.keys import place_of

PIECE_BYTES = 1024 * 1024
CONNECT_SECONDS, SILENT_SECONDS, WHOLE_SECONDS = 3, 10, 120
RETRIES, RETRY_SECONDS = 2, 8

_MISSING = (NotFoundError, FileNotFoundError)  # obstore raises either
_REFUSED = (PermissionDeniedError, UnauthenticatedError, PermissionError)


class S3Storage:
    """Objects are written by one request each and never changed; reading asks for a piece at a time."""

    def __init__(self, address: S3Address, *, access_key: str, secret_key: str, ca_bundle: bytes = b"") -> None:
        self._mode: obstore.PutMode = "create" if address.is_conditional else "overwrite"
        self._store = S3Store(
            address.bucket,
            prefix=address.prefix or None,
            endpoint=address.endpoint,
            aws_endpoint_url_s3=address.endpoint,
            region=address.region,
            access_key_id=access_key,
            secret_access_key=secret_key,
            virtual_hosted_style_request=address.is_virtual,
            disable_bulk_delete=True,
            skip_signature=False,
            client_options={
                "allow_http": address.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
                "read_timeout": timedelta(seconds=SILENT_SECONDS),
                "timeout": timedelta(seconds=WHOLE_SECONDS),
                **({"root_certificate": ca_bundle} if ca_bundle else {}),
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
        )

    def put(self, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()
        with _told():
            if self._size(key) is None:
                with suppress(AlreadyExistsError):
                    obstore.put(self._store, place_of(key), data, mode=self._mode, use_multipart=False)
        return key

    def open(self, key: str) -> BinaryIO:
        with _told():
            size = self._size(key)
        if size is None:
            raise FileMissing
        return io.BufferedReader(_Pieces(self._store, place_of(key), size), PIECE_BYTES)

    def delete(self, key: str) -> None:
        place = place_of(key)
        with _told(), suppress(*_MISSING):
            obstore.delete(self._store, place)

    def _size(self, key: str) -> int | None:
        try:
            return obstore.head(self._store, place_of(key))["size"]
        except _MISSING:
            return None


class _Pieces(io.RawIOBase):
    """An object as a file: each read is one request for a range."""

    def __init__(self, store: S3Store, place: str, size: int) -> None:
        super().__init__()
        self._store, self._place, self._size = store, place, size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        length = min(len(buffer), self._size - self._at)
        if length <= 0:
            return 0
        with _told():
            try:
                found = obstore.get_range(self._store, self._place, start=self._at, length=length)
            except _MISSING as error:
                raise StorageUnavailable("an object went away while it was read") from error
        got = memoryview(found)
        buffer[: len(got)] = got
        self._at += len(got)
        return len(got)


@contextmanager
def _told() -> Iterator[None]:
    """Turn the store's errors into ours; theirs name addresses and keys."""
    try:
        yield
    except _REFUSED:
        raise StorageUnavailable("the object store refuses the access key") from None
    except (BaseError, OSError) as error:
        raise StorageUnavailable(f"the object store did not answer as it should ({type(error).__name__})") from None
