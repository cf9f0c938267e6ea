"""Issuing sheets, and answering whether one is genuine."""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import Refused
from medkarta.core.scopes import AccountScope, Actor, ActorKind
from medkarta.printing import queries, rules
from medkarta.printing.layout import Layout, lay_out
from medkarta.printing.models import FailedCheck, IssuedSheet
from medkarta.printing.sheets import Sheet
from medkarta.printing.typesetting import Stamp, fingerprint, typeset

logger = logging.getLogger(__name__)
_ANYONE = AccountScope(Actor(ActorKind.PERSON, ""), UUID(int=0))
"""Somebody with a sheet in his hand."""


class TooManyChecks(Refused):
    text = _("Слишком много неверных попыток. Попробуйте снова через час")


class NoSuchSheet(Refused):
    text = _("Листа с таким номером и кодом нет. Сверьте обе строки с листом: они напечатаны рядом с QR-кодом")


@dataclass(frozen=True, slots=True)
class Issued:
    """A sheet ready to be handed out. `number` and `passcode` are digits, `sha256` is that of `pdf` in hexadecimal."""

    number: str
    passcode: str
    pdf: bytes
    sha256: str
    issued_at: datetime


def issue(kind: str, subject_id: UUID, patient_id: UUID, sheet: Sheet, *, now: datetime) -> Issued:
    """Typeset a sheet and enter it into the register; the same content gives the same number and the same bytes.

    `kind` is the room's word for it (at most 32 characters), `subject_id` the row that it tells of, `patient_id` the
    person of the record (`scope.person_id`). The caller has checked that the reader may have it, and the audit row is
    his. Another version of the type or of the secret key makes another sheet of it; the older one stays genuine.
    """
    layout = lay_out(sheet)
    digest = fingerprint(layout, sheet.dated_at)
    content_hash = salted_hmac("medkarta.printing.content", digest, algorithm="sha256").hexdigest()
    found = queries.find_issued(kind, subject_id, content_hash)
    while found is None:
        draft = IssuedSheet(
            number=f"{secrets.randbelow(10**rules.NUMBER_DIGITS):0{rules.NUMBER_DIGITS}d}",
            kind=kind,
            subject_id=subject_id,
            patient_id=patient_id,
            content_hash=content_hash,
            issued_at=now,
        )
        made = _typeset(layout, draft.number, now, sheet.dated_at)
        draft.pdf_sha256 = made.sha256
        if _enter(draft):
            return made
        found = queries.find_issued(kind, subject_id, content_hash)
    made = _typeset(layout, found.number, found.issued_at, sheet.dated_at)
    if made.sha256 != found.pdf_sha256:
        logger.error("sheet %s is not what was issued", found.id)
    return made


def check_sheet(*, number: str, passcode: str, address: str, now: datetime) -> queries.Registered:
    """Return the sheet that a number and a passcode belong to, and write down that it was checked.

    Both are taken as typed. Raises TooManyChecks, and NoSuchSheet for an unknown number and a wrong passcode alike.
    """
    number, passcode = rules.read_digits(number), rules.read_digits(passcode)
    hashes = {"address_hash": _hash("address", address), "number_hash": _hash("number", number)}
    wrong_of_address, wrong_of_number = queries.count_wrong(**hashes, since=now - rules.WINDOW)
    if not rules.may_check(wrong_of_address=wrong_of_address, wrong_of_number=wrong_of_number):
        raise TooManyChecks
    found = queries.find_checked(number, passcode)
    if found is None:
        _write_down_failure(hashes, now=now)
        raise NoSuchSheet
    audit.record(_ANYONE, action="printing.check", target=found.id, person_id=found.patient_id)
    return found


def tidy(*, now: datetime) -> int:
    """Forget wrong checks that no longer count; return how many."""
    return FailedCheck.objects.filter(failed_at__lte=now - rules.WINDOW).delete()[0]


@transaction.atomic
def _write_down_failure(hashes: dict[str, str], *, now: datetime) -> None:
    FailedCheck.objects.create(**hashes, failed_at=now)
    audit.record(_ANYONE, action="printing.check", outcome="refused")


def _typeset(layout: Layout, number: str, issued_at: datetime, dated_at: datetime | None) -> Issued:
    passcode = queries.passcode_of(number)
    pdf = typeset(layout, Stamp(number=number, passcode=passcode, issued_at=issued_at), dated_at=dated_at)
    return Issued(number, passcode, pdf, hashlib.sha256(pdf).hexdigest(), issued_at)


def _enter(draft: IssuedSheet) -> bool:
    """Insert a row; tell whether it was the first of its content and its number was free."""
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _hash(purpose: str, text: str) -> str:
    return salted_hmac(f"medkarta.printing.{purpose}", text, algorithm="sha256").hexdigest()
