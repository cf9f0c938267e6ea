"""Signatures of documents: the original bytes as a download."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from medkarta.core.errors import NotFound
from medkarta.core.http import PatientRequest
from medkarta.documents import actions
from medkarta.documents.queries import signatures
from medkarta.integrations.storage.port import FileMissing


@require_safe
def download_signature(request: PatientRequest, document_id: UUID, number: int) -> HttpResponseBase:
    request.audit_action = "documents.download"
    try:
        return actions.send_file(signatures.get_signature(request.scope, document_id, number))
    except FileMissing:
        raise NotFound from None
