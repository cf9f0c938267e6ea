"""The door of the views: a template and its context in, a response out."""

from collections.abc import Iterable
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from markupsafe import escape

from medkarta.ui import shell
from medkarta.ui.environment import environment
from medkarta.ui.rendering import rendering

Context = dict[str, Any]


def render(request: HttpRequest, template: str, context: Context | None = None, *, status: int = 200) -> HttpResponse:
    """Render a whole page with its shell.

    Adds to the context: `shell`, `messages` (read only if the template shows them), `request_path` and
    `request_full_path` (with the query). A page about a failure (5xx) asks nobody for its shell; a `shell` in
    `context` is taken as it is.

    Raises jinja2 errors for a missing template or an undefined name.
    """
    given = context or {}
    values = {
        "shell": given.get("shell") or (shell.build(request) if status < 500 else shell.bare(request)),
        "messages": _messages(request),
        "request_path": request.path,
        "request_full_path": request.get_full_path(),
        **given,
    }
    return _respond(request, template, values, status)


def _messages(request: HttpRequest) -> Iterable[object]:
    """Return the waiting messages; none without touching them, since even an empty read makes Django set a cookie."""
    found = get_messages(request)
    return found if len(found) else ()


def render_fragment(
    request: HttpRequest, template: str, context: Context | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a part of a page (a template named `_….jinja`) for htmx: no shell, no messages."""
    values = {"request_path": request.path, "request_full_path": request.get_full_path(), **(context or {})}
    return _respond(request, template, values, status)


def wants_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of a page.

    htmx 4 says "full" when the answer replaces the body; a restored history entry needs the whole page too.
    """
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Request-Type") != "full"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render_part(
    request: HttpRequest, page: str, fragment: str, context: Context | None = None, *, status: int = 200
) -> HttpResponse:
    """Render `fragment` when htmx asks for a part, else the whole `page`, from the same context."""
    if wants_fragment(request):
        return render_fragment(request, fragment, context, status=status)
    return render(request, page, context, status=status)


def _respond(request: HttpRequest, template: str, values: Context, status: int) -> HttpResponse:
    with rendering(request):
        body = environment().get_template(template).render(values)
    if "shell" in values:
        body = body.replace(shell.RECORD, escape(values["shell"].home_href))
    response = HttpResponse(body, status=status)
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response
