"""The stand-in as a WSGI application."""

import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

from medkarta.devtools.standin import esia, login, oidc, pages, rest
from medkarta.devtools.standin.web import Request, Response, json_answer, request_from, status_line
from medkarta.devtools.standin.world import World

log = logging.getLogger(__name__)

LOOPBACK = {"127.0.0.1", "::1"}
View = Callable[[World, Request], Response]


def healthz(world: World, _: Request) -> Response:
    return json_answer({"status": "ok", "persons": len(world.register.all())})


def certificates(world: World, _: Request) -> Response:
    """GET /public/esia.zip: the certificates of the token keys, as ESIA publishes its own."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(world.files.trusted.glob("*.cer")):
            archive.write(path, path.name)
    return Response(200, packed.getvalue(), {"Content-Type": "application/zip"})


def control(world: World, request: Request) -> Response:
    """POST /control/ with JSON: a fault (see `faults.Fault`), or {"clear": true}. From this machine only.

    A page of another site can't send JSON without being asked first, and there is no answer to that question.
    """
    if request.remote not in LOOPBACK or request.content_type != "application/json":
        return json_answer({"error": "JSON from this machine only"}, 403)
    try:
        given = json.loads(request.body)
        if given.get("clear"):
            world.faults.clear()
        else:
            world.faults.order(given)
    except (ValueError, TypeError, AttributeError) as error:
        return json_answer({"error": str(error)}, 400)
    return json_answer({"status": "ok"})


def home(_: World, __: Request) -> Response:
    return pages.message_page("Стенд Госуслуг работает", "Начните вход на портале: он сам приведёт сюда.")


def styles(_: World, __: Request) -> Response:
    return Response(
        200, pages.stylesheet(), {"Content-Type": "text/css; charset=utf-8", "Cache-Control": "max-age=300"}
    )


ROUTES: dict[tuple[str, str], View] = {
    ("GET", "/"): home,
    ("GET", "/healthz"): healthz,
    ("GET", "/standin.css"): styles,
    ("GET", "/public/esia.zip"): certificates,
    ("POST", "/control/"): control,
    ("POST", "/login"): login.submit,
    ("GET", "/aas/oauth2/v2/ac"): esia.authorize,
    ("POST", "/aas/oauth2/v3/te"): esia.token,
    ("GET", "/idp/ext/Logout"): esia.end_session,
    **oidc.ROUTES,
}


def application(world: World) -> Callable[..., Iterable[bytes]]:
    """Return the WSGI application of a world."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = _answer(world, environ)
        is_whole = isinstance(answer.body, bytes)
        headers = list(answer.headers.items())
        if is_whole:
            headers.append(("Content-Length", str(len(answer.body))))  # type: ignore[arg-type]
        start_response(status_line(answer.status), headers)
        return [answer.body] if isinstance(answer.body, bytes) else answer.body

    return serve


def _answer(world: World, environ: dict[str, Any]) -> Response:
    try:
        request = request_from(environ)
    except ValueError:
        return json_answer({"error": "bad request"}, 400)
    if request.method == "GET" and request.path.startswith("/rs/prns/"):
        return rest.answer(world, request)
    view = ROUTES.get((request.method, request.path))
    if view is not None:
        return view(world, request)
    if any(path == request.path for _, path in ROUTES):
        return json_answer({"error": "method not allowed"}, 405)
    return pages.message_page("Такой страницы нет", "Начните вход на портале: он сам приведёт сюда.", status=404)
