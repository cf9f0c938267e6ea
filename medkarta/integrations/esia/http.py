"""HTTP towards an identity provider: no redirects, no surprises in size, time or form."""

import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2

from medkarta.integrations.deadline import deadline
from medkarta.integrations.esia.errors import EsiaUnavailable
from medkarta.integrations.esia.strict_json import parse_json

MAX_ANSWER_BYTES = 1024 * 1024

# Both libraries log addresses at INFO and DEBUG, and an address of /rs holds the person's id.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Answer:
    """Status and parsed JSON; `body` is None where a refusal (4xx, 5xx) carried no JSON."""

    status: int
    body: Any = field(repr=False)


@dataclass(frozen=True)
class BoundedClient:
    """A client whose every call ends: `timeout_seconds` for each wait, `total_seconds` for the whole answer.

    `ca_bundle`: PEM file with the trusted roots (the system's own where None); the check itself can't be
    switched off. `proxy`: address of an outgoing proxy; the environment's proxy variables are not read.
    """

    timeout_seconds: float = 5.0
    total_seconds: float = 10.0
    max_bytes: int = MAX_ANSWER_BYTES
    ca_bundle: Path | None = None
    proxy: str | None = None

    def get_json(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Raises EsiaUnavailable, see `_call`."""
        return self._call("GET", url, headers=headers)

    def post_form(self, url: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Answer:
        """Raises EsiaUnavailable, see `_call`."""
        return self._call("POST", url, form=form, headers=headers)

    def close(self) -> None:
        """Let go of what the client holds. A closed client can't be used again."""
        self._client.close()

    @cached_property
    def _client(self) -> httpx2.Client:
        return httpx2.Client(
            verify=ssl.create_default_context(cafile=self.ca_bundle) if self.ca_bundle else True,
            proxy=self.proxy,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(self.timeout_seconds),
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    def _call(
        self, method: str, url: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Raise EsiaUnavailable on no answer in time, a redirect, a long answer, or a success that is not JSON."""
        sent = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close", **(headers or {})}
        try:
            with (
                deadline(self.total_seconds) as trace,
                self._client.stream(method, url, data=form, headers=sent, extensions={"trace": trace}) as response,
            ):
                status = response.status_code
                body = self._read(response)
        except httpx2.TimeoutException as error:
            raise EsiaUnavailable("no answer in time") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
            raise EsiaUnavailable(f"no answer: {type(error).__name__}") from error
        return _answer(status, body)

    def _read(self, response: httpx2.Response) -> bytes:
        kept = bytearray()
        for chunk in response.iter_raw():
            kept += chunk
            if len(kept) > self.max_bytes:
                raise EsiaUnavailable("the answer is too long")
        return bytes(kept)


def _answer(status: int, body: bytes) -> Answer:
    if status < 200 or 300 <= status < 400:
        raise EsiaUnavailable(f"unexpected status {status}")
    try:
        return Answer(status, parse_json(body))
    except ValueError as error:
        if status >= 400:
            return Answer(status, None)
        raise EsiaUnavailable("the answer is not JSON") from error
