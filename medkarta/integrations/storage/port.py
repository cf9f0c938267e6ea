"""The storage for the rest of the product."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

from medkarta.integrations.storage.addresses import S3Address, parse
from medkarta.integrations.storage.contract import FileMissing, Storage, StorageUnavailable
from medkarta.integrations.storage.files import FileStorage

__all__ = ["FileMissing", "S3Address", "Storage", "StorageUnavailable", "has_s3", "parse", "storage"]


def has_s3() -> bool:
    """Tell whether the extra `s3` is installed."""
    return find_spec("obstore") is not None


@cache
def storage() -> Storage:
    """Return the storage of this installation: a bucket where one is set, else `files` in the data folder."""
    given = settings.STORAGE
    if not given["url"]:
        return FileStorage(settings.DATA_DIR / "files")
    from medkarta.integrations.storage.s3 import S3Storage

    bundle = Path(given["ca_bundle"]).read_bytes() if given["ca_bundle"] else b""
    keys = {"access_key": given["access_key"], "secret_key": given["secret_key"]}
    return S3Storage(parse(given["url"]), **keys, ca_bundle=bundle)
