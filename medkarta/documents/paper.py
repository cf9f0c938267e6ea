"""A document as a sheet of paper: what stands above the text, then the text itself."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.documents import queries, texts
from medkarta.documents.queries import signatures
from medkarta.patients import queries as patients
from medkarta.printing import actions as printing
from medkarta.printing.sheets import Sheet
from medkarta.ui.format import language

KIND = "document"


class NoText(NotFound):
    """There is nothing to set: the document is a file of another kind, or its file cannot be read."""

    def __init__(self, document: queries.DocumentPage, reading: queries.Reading) -> None:
        super().__init__()
        self.document, self.reading = document, reading


def issue(scope: PatientScope, document_id: UUID, *, now: datetime) -> tuple[queries.DocumentPage, printing.Issued]:
    """Set the text of a document as a PDF of ours, entered into the register of sheets.

    Raises NotFound; NoText is one.
    """
    document = queries.get_document(scope, document_id)
    reading = queries.read_files(document.files)
    if not reading.sections:
        raise NoText(document, reading)
    signed = signatures.list_signatures(scope, document_id)
    sheet = sheet_of(document, reading, patients.get_person(scope), signed)
    return document, printing.issue(KIND, document.id, scope.person_id, sheet, now=now)


def sheet_of(
    document: queries.DocumentPage,
    reading: queries.Reading,
    person: patients.PersonRow,
    signed: Sequence[signatures.SignatureRow],
) -> Sheet:
    """Return what is printed. A document without a date is dated by the day it came."""
    return Sheet(
        title=document.name or texts.nameless(),
        kind_title=document.kind_name if document.kind_name != document.title else "",
        patient=person.full_name,
        born=person.birth_date,
        dated_at=document.dated_at or document.received_at,
        facts=texts.facts(document, on_paper=True),
        sections=reading.sections,
        notes=(*texts.marks(document, signed), *reading.notes),
        language=language(),
    )
