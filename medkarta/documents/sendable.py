"""A document as something that can be sent to an address: its own PDF as it came, else its text set as one."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.documents import paper, queries, rules, texts
from medkarta.documents.queries.visible import seen_by
from medkarta.integrations.storage.port import storage
from medkarta.mailer.queries import Thing

PDF = "application/pdf"


def find(scope: PatientScope, document_id: UUID) -> Thing:
    """Return a document that this scope may see. Raises NotFound."""
    found = queries.get_document(scope, document_id)
    can_be_made = _own_pdf(found) is not None or _is_readable(queries.read_files(found.files))
    return Thing(
        title=found.name or texts.nameless(),
        path=found.path,
        is_restricted=seen_by(scope).filter(pk=document_id, is_restricted=True).exists(),
        refusal="" if can_be_made else _("Из этого документа не сделать PDF. Скачайте его и отправьте сами"),
    )


def make(scope: PatientScope, document_id: UUID, *, now: datetime) -> bytes:
    """Return a document as a PDF: the bytes that came where they are one. Raises NotFound, FileMissing."""
    document = queries.get_document(scope, document_id)
    own = _own_pdf(document)
    if own is not None:
        with storage().open(own.storage_key) as opened:
            return opened.read()
    reading = queries.read_files(document.files)
    if not _is_readable(reading):
        raise NotFound
    if not reading.sections and reading.inside is not None:
        return reading.inside.data
    _document, issued = paper.issue(scope, document_id, now=now)
    return issued.pdf


def _own_pdf(document: queries.DocumentPage) -> queries.FileRow | None:
    return next((one for one in document.files if one.is_here and one.family is rules.Family.PDF), None)


def _is_readable(reading: queries.Reading) -> bool:
    inside = reading.inside
    return bool(reading.sections) or (inside is not None and inside.content_type == PDF and bool(inside.data))
