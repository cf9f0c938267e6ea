"""How a page hands out an issued sheet."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from medkarta.printing.actions import Issued

# `style-src` is for the viewer that a browser builds around a PDF.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def answer(issued: Issued, name: str, *, download: bool = False) -> HttpResponse:
    """Answer with the PDF, to look at or to keep. `name` is the file's, without ending and people's names."""
    response = HttpResponse(issued.pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(download, f"{name}.pdf") or "inline"
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response
