"""Reads of the register."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from medkarta.printing import rules
from medkarta.printing.models import FailedCheck, IssuedSheet


@dataclass(frozen=True, slots=True)
class Registered:
    """An issued sheet as the register knows it."""

    id: UUID
    patient_id: UUID
    number: str
    pdf_sha256: str
    issued_at: datetime


def find_issued(kind: str, subject_id: UUID, content_hash: str) -> Registered | None:
    """Return the sheet of this content. One statement."""
    return _first(kind=kind, subject_id=subject_id, content_hash=content_hash)


def find_checked(number: str, passcode: str) -> Registered | None:
    """Return the sheet with this number, if the passcode is its own. One statement.

    The same work is done for a number that nobody has: how long the answer takes says nothing.
    """
    found = _first(number=number)
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    is_right = [constant_time_compare(passcode, passcode_of(number, secret=key)) for key in keys]
    return found if any(is_right) else None


def count_wrong(*, address_hash: str, number_hash: str, since: datetime) -> tuple[int, int]:
    """Return how many wrong checks there were from an address, and of a number. Two statements."""
    recent = FailedCheck.objects.filter(failed_at__gt=since)
    return recent.filter(address_hash=address_hash).count(), recent.filter(number_hash=number_hash).count()


def passcode_of(number: str, *, secret: str | bytes | None = None) -> str:
    """Return the passcode of a number: digits that only this portal can work out."""
    digest = salted_hmac("medkarta.printing.passcode", number, secret=secret, algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**rules.PASSCODE_DIGITS:0{rules.PASSCODE_DIGITS}d}"


def _first(**condition: object) -> Registered | None:
    row = (
        IssuedSheet.objects.filter(**condition)
        .values_list("id", "patient_id", "number", "pdf_sha256", "issued_at")
        .first()
    )
    return Registered(*row) if row else None
