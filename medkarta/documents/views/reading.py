"""One document: to read, to print."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from medkarta.core.http import PatientRequest
from medkarta.documents import paper, queries, rules, texts
from medkarta.documents.views import answers
from medkarta.patients import queries as patients
from medkarta.ui.render import render


@require_safe
def show_document(request: PatientRequest, document_id: UUID) -> HttpResponse:
    document = queries.get_document(request.scope, document_id)
    reading = queries.read_files(document.files)
    acts = texts.acts(request.scope.url(document.path), document, reading)
    context = {"scope": request.scope, "document": document, "reading": reading, "texts": texts, "acts": acts}
    return render(request, "documents/document.jinja", context)


@require_safe
def print_document(request: PatientRequest, document_id: UUID) -> HttpResponse:
    """Show the text alone, ready for paper: no viewer and no script is needed."""
    document = queries.get_document(request.scope, document_id)
    context = {
        "scope": request.scope,
        "document": document,
        "reading": queries.read_files(document.files),
        "person": patients.get_person(request.scope),
        "texts": texts,
    }
    return render(request, "documents/print.jinja", context)


@require_safe
def make_pdf(request: PatientRequest, document_id: UUID) -> HttpResponse:
    """Hand out the text as a PDF made here; the original stays beside it."""
    request.audit_action = "documents.download"
    document, issued = paper.issue(request.scope, document_id, now=timezone.now())
    name = rules.file_name(document.name, "application/pdf")
    return answers.hand_out(issued.pdf, name, content_type="application/pdf")
