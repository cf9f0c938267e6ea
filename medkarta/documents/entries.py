"""What the index of words knows of documents: their titles and kinds, and the words of what could be read."""

from collections.abc import Iterable, Iterator

from medkarta.documents.models import DocumentReading, MedicalDocument
from medkarta.search import actions as search

KIND = "document"


def entries() -> Iterator[search.Entry]:
    """Yield an entry for each document that counts, for making the index anew."""
    found = MedicalDocument.objects.filter(is_withdrawn=False).select_related("reading").order_by("pk")
    for document in found.iterator(chunk_size=500):
        reading: DocumentReading | None = getattr(document, "reading", None)
        yield _entry(document, reading.text if reading else "")


def enter(documents: Iterable[tuple[MedicalDocument, str]]) -> None:
    """Enter documents with the words of their bodies; those that are withdrawn are found no more."""
    told = list(documents)
    search.put(_entry(document, text) for document, text in told if not document.is_withdrawn)
    if gone := [document.pk for document, _text in told if document.is_withdrawn]:
        search.drop(KIND, gone)


def _entry(document: MedicalDocument, text: str) -> search.Entry:
    names = dict.fromkeys(name for name in (document.title, document.kind_name) if name)
    return search.Entry(
        kind=KIND,
        subject_id=document.pk,
        patient_id=document.patient_id,
        title=" · ".join(names),
        text=text,
        dated_at=document.dated_at,
        is_restricted=document.is_restricted,
    )
