"""The floor of `bench.py`: a WSGI application that answers `/12345` with that many bytes and does nothing else."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any


@cache
def _body(size: int) -> bytes:
    return b"x" * size


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = _body(int(environ["PATH_INFO"][1:] or 0))
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return (body,)
