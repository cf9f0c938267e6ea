"""Error pages: a sentence that says what to do, whatever went wrong."""

from django.http import HttpRequest, HttpResponse

from medkarta.ui.render import render


def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """Render the page of an HTTP status. The request id lets an operator find the failure in the log."""
    return render(
        request,
        "ui/error.jinja",
        {"status": status, "request_id": getattr(request, "request_id", "")},
        status=status,
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, 403)
