"""A small object store on loopback: one bucket by path, signatures of version 4 checked, conditional writes."""

import hashlib
import hmac
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

ACCESS_KEY, SECRET_KEY, REGION, BUCKET = "medkarta", "s3cr3t/s3cr3t", "ru-test-1", "documents"
_AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\S+), ?SignedHeaders=(\S+), ?Signature=([0-9a-f]+)")


@dataclass
class Bucket:
    """What the store holds, and what was asked of it. `status`: answer everything with it, 0 for nothing special."""

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    status: int = 0


@contextmanager
def serve() -> Iterator[Bucket]:
    bucket = Bucket()

    class Handler(_Handler):
        kept = bucket

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bucket.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    kept: Bucket
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments: Any) -> None:
        pass

    def _begin(self) -> tuple[str, bytes] | None:
        """Return the key and the body of a good request; answer a bad one."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        self.kept.asked.append((self.command, self.headers.get("Range", "")))
        if self.kept.status:
            self._answer(self.kept.status)
        elif not self._is_signed(body):
            self._answer(403)
        elif not path.startswith(f"/{BUCKET}/"):
            self._answer(404)
        else:
            return path.removeprefix(f"/{BUCKET}/"), body
        return None

    def _is_signed(self, body: bytes) -> bool:
        match = _AUTHORIZATION.fullmatch(self.headers.get("Authorization", ""))
        digest = self.headers.get("x-amz-content-sha256", "")
        if match is None or match[1] != ACCESS_KEY or digest != hashlib.sha256(body).hexdigest():
            return False
        _key, scope, names, signature = match.groups()
        parts = urlsplit(self.path)
        pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
        query = "&".join(f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}" for key, value in pairs)
        headers = "".join(f"{name}:{self.headers.get(name, '').strip()}\n" for name in names.split(";"))
        request = "\n".join((self.command, parts.path, query, headers, names, digest))
        text = "\n".join(
            ("AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope, hashlib.sha256(request.encode()).hexdigest())
        )
        key = f"AWS4{SECRET_KEY}".encode()
        for step in scope.split("/"):
            key = hmac.digest(key, step.encode(), "sha256")
        is_here = scope.split("/")[1:] == [REGION, "s3", "aws4_request"]
        return is_here and hmac.compare_digest(hmac.digest(key, text.encode(), "sha256").hex(), signature)

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if self.command != "HEAD" or "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        if (good := self._begin()) is None:
            return
        key, body = good
        if self.headers.get("If-None-Match") == "*" and key in self.kept.objects:
            self._answer(412)
        else:
            self.kept.objects[key] = body
            self._answer(200, ETag=_tag(body))

    def do_HEAD(self) -> None:
        self._get()

    def do_GET(self) -> None:
        self._get()

    def _get(self) -> None:
        if (good := self._begin()) is None:
            return
        data = self.kept.objects.get(good[0])
        if data is None:
            self._answer(404)
            return
        facts = {"ETag": _tag(data), "Last_Modified": "Wed, 25 Nov 2026 09:00:00 GMT"}
        if self.command == "HEAD":
            self._answer(200, Content_Length=str(len(data)), **facts)
        elif match := re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", "")):
            first, last = int(match[1]), min(int(match[2]), len(data) - 1)
            self._answer(206, data[first : last + 1], Content_Range=f"bytes {first}-{last}/{len(data)}", **facts)
        else:
            self._answer(200, data, **facts)

    def do_DELETE(self) -> None:
        if (good := self._begin()) is not None:
            self.kept.objects.pop(good[0], None)
            self._answer(204)


def _tag(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
