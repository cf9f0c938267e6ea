"""The storage for the rest of the product."""

from functools import cache

from django.conf import settings

from medkarta.integrations.storage.contract import FileMissing, Storage
from medkarta.integrations.storage.files import FileStorage

__all__ = ["FileMissing", "Storage", "storage"]


@cache
def storage() -> Storage:
    """Return the storage of this installation: the folder `files` of the data folder."""
    return FileStorage(settings.DATA_DIR / "files")
