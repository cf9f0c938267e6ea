"""As much of a web framework as the stand-in needs: a parsed request and an answer."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

MAX_BODY_BYTES = 256 * 1024


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    repeated: frozenset[str]  # names that stand twice in the query or form
    form: Mapping[str, str]
    body: bytes = field(repr=False)
    cookies: Mapping[str, str] = field(repr=False)
    content_type: str = ""
    authorization: str = field(default="", repr=False)
    host: str = ""
    remote: str = ""


@dataclass
class Response:
    status: int = 200
    body: bytes | Iterable[bytes] = b""
    headers: dict[str, str] = field(default_factory=dict)


def request_from(environ: Mapping[str, Any]) -> Request:
    """Return the request of a WSGI environment. Raises ValueError for a body that is too long or not text."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 <= length <= MAX_BODY_BYTES:
        raise ValueError("the body is too long")
    body = environ["wsgi.input"].read(length) if length else b""
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    is_form = kind == "application/x-www-form-urlencoded"
    form = parse_qsl(body.decode("utf-8"), keep_blank_values=True) if is_form else []
    names = [name for name, _ in query + form]
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace"),
        query=dict(query),
        repeated=frozenset(name for name in names if names.count(name) > 1),
        form=dict(form),
        body=body,
        cookies=_cookies(environ.get("HTTP_COOKIE", "")),
        content_type=kind,
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
        host=environ.get("HTTP_HOST", ""),
        remote=environ.get("REMOTE_ADDR", ""),
    )


def json_answer(value: Any, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(status, body, {"Content-Type": "application/json;charset=UTF-8", "Cache-Control": "no-store"})


def redirect(url: str, parameters: Mapping[str, str] | None = None) -> Response:
    """Send the browser to `url` with `parameters` added to its query."""
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(parameters or {})) if part)
    return Response(303, b"", {"Location": urlunsplit(parts._replace(query=query)), "Cache-Control": "no-store"})


def status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
