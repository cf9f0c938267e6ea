"""One document: to read, to print."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from medkarta.core.errors import NotFound
from medkarta.core.http import PatientRequest
from medkarta.documents import paper, queries, rules, texts
from medkarta.documents.queries import signatures
from medkarta.documents.views import answers
from medkarta.patients import queries as patients
from medkarta.ui.render import render


@require_safe
def show_document(request: PatientRequest, document_id: UUID) -> HttpResponse:
    document = queries.get_document(request.scope, document_id)
    reading = queries.read_files(document.files)
    context = {
        "scope": request.scope,
        "document": document,
        "reading": reading,
        "signatures": signatures.list_signatures(request.scope, document_id),
        "texts": texts,
        "acts": texts.acts(request.scope, document, reading),
    }
    return render(request, "documents/document.jinja", context)


@require_safe
def print_document(request: PatientRequest, document_id: UUID) -> HttpResponse:
    """Show the text alone, ready for paper: no viewer and no script is needed."""
    document = queries.get_document(request.scope, document_id)
    context = {
        "scope": request.scope,
        "document": document,
        "reading": queries.read_files(document.files),
        "signatures": signatures.list_signatures(request.scope, document_id),
        "person": patients.get_person(request.scope),
        "texts": texts,
    }
    return render(request, "documents/print.jinja", context)


@require_safe
def make_pdf(request: PatientRequest, document_id: UUID) -> HttpResponse:
    """Hand out the text as a PDF made here. A document without a text leads to its file as it came."""
    try:
        document, issued = paper.issue(request.scope, document_id, now=timezone.now())
    except paper.NoText as no:
        return redirect(f"{request.scope.url(no.document.path)}{_original(no.document, no.reading)}")
    request.audit_action = "documents.download"
    name = rules.file_name(document.name, "application/pdf")
    return answers.hand_out(issued.pdf, name, content_type="application/pdf")


def _original(document: queries.DocumentPage, reading: queries.Reading) -> str:
    """Return where the original of a document without a text is, inside its address. Raises NotFound."""
    if reading.inside and reading.inside.data:
        return "inside/?download=1"
    for file in document.files:
        if file.is_here:
            return f"files/{file.position}/"
    raise NotFound
