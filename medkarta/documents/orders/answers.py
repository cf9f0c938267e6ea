"""The clinic's side of orders: take, ask for a visit, refuse, make ready. Each is one transaction."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.blocks import Section, paragraph
from medkarta.core.errors import NotFound, Refused
from medkarta.core.ids import NAMESPACE, new_id
from medkarta.core.scopes import StaffScope, WorkerScope
from medkarta.core.text import folded
from medkarta.documents import entries
from medkarta.documents.models import CertificateOrder, DocumentContent, MedicalDocument
from medkarta.documents.orders import catalogue, rules, steps
from medkarta.hl7 import systems
from medkarta.integrations.storage.port import storage
from medkarta.patients import queries as patients
from medkarta.printing import actions as printing
from medkarta.printing.sheets import Sheet

MAX_PDF_BYTES = 20 * 1024 * 1024
Status = CertificateOrder.Status


class NotForThisStatus(Refused):
    text = _("Статус заявки уже другой: это действие сейчас невозможно")


class NoReason(Refused):
    text = _("Напишите причину: её прочитает человек")


class NotPdf(Refused):
    text = _("Это не PDF: файл не открывается. Сохраните справку в PDF ещё раз")


class LockedPdf(Refused):
    text = _("PDF закрыт паролем. Сохраните справку без пароля")


class TooLargePdf(Refused):
    text = _("PDF больше {limit} МБ. Сожмите файл")


class NothingToGive(Refused):
    text = _("Справку ждут на портале: приложите файл PDF или напишите её текст")


@dataclass(frozen=True, slots=True)
class Given:
    """What a clinic gives: the bytes of a PDF, or words for a sheet that the portal makes; nothing for paper."""

    pdf: bytes | None = None
    text: str = ""
    comment: str = ""


def take(scope: StaffScope, *, order_id: UUID, now: datetime, comment: str = "") -> None:
    """Take an order to work. Raises NotFound (also for another clinic's), NotForThisStatus."""
    _answer(scope, order_id, Status.IN_WORK, comment=comment, now=now)


def need_visit(scope: StaffScope, *, order_id: UUID, now: datetime, comment: str = "") -> None:
    """Ask the person to come. Raises NotFound, NotForThisStatus."""
    _answer(scope, order_id, Status.VISIT, comment=comment, now=now)


def refuse(scope: StaffScope, *, order_id: UUID, reason: str, now: datetime) -> None:
    """Refuse with the reason that the person reads. Raises NotFound, NotForThisStatus, NoReason."""
    if not reason.strip():
        raise NoReason
    _answer(scope, order_id, Status.REFUSED, comment=reason.strip(), now=now)


@transaction.atomic
def make_ready(scope: StaffScope, *, order_id: UUID, given: Given, now: datetime) -> UUID | None:
    """Give a certificate out and return the document that came of it: a file, or none for one on paper.

    Raises NotFound, NotForThisStatus, NotPdf, LockedPdf, TooLargePdf, NothingToGive; nothing is written then.
    """
    row = _get(scope, order_id)
    if row.status not in rules.CLINIC_MOVES[Status.READY]:
        raise NotForThisStatus
    person_id = patients.get_client_of_row(scope, row.patient_id).person_id
    data = given.pdf
    if data is not None:
        check_pdf(data)
    elif given.text.strip() and person_id is not None:
        data = _typeset(row, given.text, person_id=person_id, now=now)
    elif row.delivery == rules.PORTAL:
        raise NothingToGive
    if data is not None:
        row.document_id = _keep_document(row, data, given.text, now=now)
    steps.move(scope, row, Status.READY, person_id=person_id, comment=given.comment, now=now)
    return row.document_id


@transaction.atomic
def read(scope: StaffScope, *, order_id: UUID) -> CertificateOrder:
    """Return an order with what it asks, for whoever prepares it; that it was read is written down."""
    row = _get(scope, order_id)
    person_id = patients.get_client_of_row(scope, row.patient_id).person_id
    audit.record(scope, action="documents.read_orders", target=row, person_id=person_id, patient_id=row.patient_id)
    return row


def check_pdf(data: bytes) -> None:
    """Pass a PDF that opens without a password and has pages. Raises TooLargePdf, LockedPdf, NotPdf."""
    import pikepdf  # a library of some size that only a desk needs

    if len(data) > MAX_PDF_BYTES:
        raise TooLargePdf(limit=MAX_PDF_BYTES // 1024 // 1024)
    if not data.startswith(b"%PDF-"):
        raise NotPdf
    try:
        with pikepdf.open(BytesIO(data), attempt_recovery=False, suppress_warnings=True) as found:
            if found.is_encrypted:
                raise LockedPdf
            if not len(found.pages):
                raise NotPdf
    except pikepdf.PasswordError:
        raise LockedPdf from None
    except pikepdf.PdfError:
        raise NotPdf from None


def _typeset(row: CertificateOrder, text: str, *, person_id: UUID, now: datetime) -> bytes:
    """Return the sheet with the clinic's words as the portal prints it."""
    told = patients.get_row(WorkerScope(), row.patient_id)
    assert told is not None
    facts = ((_("Выдала"), row.facility_name), (_("Для"), row.purpose), (_("Номер заявки"), row.number))
    sheet = Sheet(
        title=row.title,
        kind_title=gettext("Справка"),
        patient=" ".join(part for part in (told.family_name, told.given_name, told.patronymic) if part),
        born=told.birth_date,
        facts=tuple((str(name), value) for name, value in facts if value),
        sections=(Section("", tuple(paragraph(line.strip()) for line in text.splitlines() if line.strip())),),
        dated_at=now,
    )
    return printing.issue("certificate", row.pk, person_id, sheet, now=now).pdf


def _keep_document(row: CertificateOrder, data: bytes, text: str, *, now: datetime) -> UUID:
    kind = catalogue.find(row.kind)
    code = kind.document_kind if kind else ""
    document = MedicalDocument(
        id=new_id(),
        patient_id=row.patient_id,
        is_restricted=row.is_restricted,
        title=row.title,
        words=folded(f"{row.title} {row.facility_name}"),
        kind_code=code,
        kind_system=systems.DOCUMENT_KIND if code else "",
        kind_name=row.title,
        status=MedicalDocument.Status.CURRENT,
        dated_at=now,
        received_at=now,
        facility_id=row.facility_id,
        facility_name=row.facility_name,
        number=row.number,
    )
    document.save(force_insert=True)
    DocumentContent.objects.create(
        id=uuid5(NAMESPACE, f"{document.pk}|file|1"),
        owner_id=document.pk,
        patient_id=row.patient_id,
        position=1,
        title=row.title[:255],
        content_type="application/pdf",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        storage_key=storage().put(data),
    )
    entries.enter([(document, text)])
    return document.pk


def _get(scope: StaffScope, order_id: UUID) -> CertificateOrder:
    """Return the locked row of an order of this clinic. Raises NotFound."""
    found = CertificateOrder.objects.filter(pk=order_id, facility_id=scope.clinic_id)
    row = found.select_for_update().first()
    if row is None:
        raise NotFound
    return row


@transaction.atomic
def _answer(scope: StaffScope, order_id: UUID, status: str, *, comment: str, now: datetime) -> None:
    row = _get(scope, order_id)
    if row.status not in rules.CLINIC_MOVES[status]:
        raise NotForThisStatus
    person_id = patients.get_client_of_row(scope, row.patient_id).person_id
    steps.move(scope, row, status, person_id=person_id, comment=comment, now=now)
