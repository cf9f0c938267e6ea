"""Files of documents: the original bytes as a download, and what can be looked at inside the browser."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.errors import NotFound
from medkarta.core.http import PatientRequest
from medkarta.documents import actions, queries, rules
from medkarta.documents.views import answers
from medkarta.integrations.storage.port import FileMissing
from medkarta.ui.render import render


@require_safe
def download_file(request: PatientRequest, document_id: UUID, position: int) -> HttpResponseBase:
    request.audit_action = "documents.download"
    try:
        return actions.send_file(queries.get_file(request.scope, document_id, position))
    except FileMissing:
        raise NotFound from None


@require_safe
def view_file(request: PatientRequest, document_id: UUID, position: int) -> HttpResponseBase:
    """Show a file in the browser; what can't be shown safely says so and offers the download."""
    found = queries.get_file(request.scope, document_id, position)
    try:
        return answers.show_stored(found)
    except FileMissing:
        raise NotFound from None
    except answers.NotShown as no:
        return _say_not_shown(request, document_id, no, download=f"files/{position}/")


@require_safe
def view_inside(request: PatientRequest, document_id: UUID) -> HttpResponseBase:
    """Show the file that is the whole body of a CDA document, or hand it out (`?download=1`)."""
    inside, name = queries.get_inside(request.scope, document_id)
    if request.GET.get("download"):
        request.audit_action = "documents.download"
        return answers.hand_out(inside.data, name, content_type=inside.content_type)
    try:
        return answers.show_bytes(inside.data, name)
    except answers.NotShown as no:
        return _say_not_shown(request, document_id, no, download="inside/?download=1")


@require_safe
def view_picture(request: PatientRequest, document_id: UUID, number: int) -> HttpResponseBase:
    """Show a picture of the text."""
    found = queries.get_picture(request.scope, document_id, number)
    name = rules.file_name(found.alt, found.content_type, position=number)
    try:
        return answers.show_bytes(found.data, name)
    except answers.NotShown:
        raise NotFound from None


def _say_not_shown(
    request: PatientRequest, document_id: UUID, no: answers.NotShown, *, download: str
) -> HttpResponseBase:
    back = request.scope.url(f"documents/{document_id}/")
    reason = (
        _("Это повреждённый, очень большой или защищённый паролем PDF.")
        if no.is_pdf
        else _("Файлы этого вида портал не открывает: в них могут быть программы.")
    )
    context = {"back": back, "download": f"{back}{download}", "reason": reason}
    return render(request, "documents/not_shown.jinja", context, status=422)
