"""A stand-in over real loopback HTTP, and the portal's side of the conversation with it."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from medkarta.devtools.standin.keys import StandinFiles, prepare, signer_of
from medkarta.devtools.standin.server import make_server, running
from medkarta.devtools.standin.world import Options, World
from medkarta.integrations.esia import port as esia
from medkarta.integrations.signature import port as signature

REDIRECT_URI = "http://127.0.0.1:9/login/esia/callback"
ANNA, PYOTR, MARIA, SMIRNOV, LEBEDEV, FROLOVA, ORLOV = (f"100010000{n}" for n in (1, 2, 3, 4, 6, 7, 8))


@dataclass
class Standin:
    """A running stand-in with a browser that follows no redirects by itself."""

    world: World
    base_url: str
    browser: httpx2.Client

    def order(self, endpoint: str, kind: str, value: str = "", times: int = 1) -> None:
        fault = {"endpoint": endpoint, "kind": kind, "value": value, "times": times}
        self.browser.post(f"{self.base_url}/control/", json=fault).raise_for_status()

    def press(self, url: str, **form: str) -> dict[str, str]:
        """Open the login page, press a button and return the parameters of the callback."""
        page = self.browser.get(url)
        if page.status_code == 200:
            key = page.text.split('name="login" value="')[1].split('"')[0]
            page = self.browser.post(f"{self.base_url}/login", data={"login": key, **form})
        return callback_of(page)


@dataclass
class Portal:
    """The client's side: its configuration, signer and HTTP."""

    config: Any
    signer: Any
    http: esia.BoundedClient
    standin: Standin

    def begin(self, **changes: Any) -> Any:
        now = changes.pop("now", datetime.now(UTC))
        return esia.authorization_request(replace(self.config, **changes), self.signer, esia.new_state(), now)

    def sign_in(self, oid: str = ANNA) -> Any:
        request = self.begin()
        back = self.standin.press(request.url, person=oid)
        assert back["state"] == request.state
        return self.exchange(back["code"], request.pkce_verifier)

    def exchange(self, code: str, verifier: str, **changes: Any) -> Any:
        now = changes.pop("now", datetime.now(UTC))
        return esia.exchange(replace(self.config, **changes), self.signer, self.http, code, verifier, now)


def callback_of(response: httpx2.Response) -> dict[str, str]:
    assert response.status_code == 303, response.text
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


@pytest.fixture(scope="session")
def files_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], StandinFiles]:
    """Return prepared files by kind of the portal's key; made once, since keys cost time."""
    made: dict[str, StandinFiles] = {}

    def files(kind: Any) -> StandinFiles:
        if kind not in made:
            made[kind] = prepare(tmp_path_factory.mktemp(f"standin-{kind}"), kind)
        return made[kind]

    return files


@pytest.fixture(params=["rsa", "gost"])
def kind(request: pytest.FixtureRequest) -> Any:
    """Both kinds of signature; GOST only where the engine is."""
    if not signature.available(request.param):
        pytest.skip("the GOST engine of OpenSSL is absent")
    return request.param


@pytest.fixture(scope="session")
def running_world(files_of: Callable[[Any], StandinFiles]) -> Iterator[Callable[..., World]]:
    """Return the running stand-in of a kind and options; each is started once."""
    worlds: dict[tuple[Any, ...], World] = {}
    with ExitStack() as stack:

        def world_of(kind: Any, **options: Any) -> World:
            key = (kind, *sorted(options.items()))
            if key not in worlds:
                worlds[key] = _started(stack, files_of(kind), kind, options)
            return worlds[key]

        yield world_of


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """One context for all clients: making one costs more than a whole sign-in."""
    return ssl.create_default_context()


@pytest.fixture(scope="session")
def http() -> Iterator[esia.BoundedClient]:
    client = esia.BoundedClient(timeout_seconds=2, total_seconds=3)
    yield client
    client.close()


@pytest.fixture
def start(
    running_world: Callable[..., World], http: esia.BoundedClient, tls: ssl.SSLContext
) -> Iterator[Callable[..., Portal]]:
    """Return a function that gives the portal's side of a stand-in that has no orders and nobody signed in."""
    with ExitStack() as stack:

        def begin(kind: Any = "rsa", **options: Any) -> Portal:
            world = running_world(kind, **options)
            world.faults.clear()
            browser = httpx2.Client(follow_redirects=False, trust_env=False, verify=tls)
            return _portal(world, stack.enter_context(browser), http)

        yield begin


@pytest.fixture
def portal(start: Callable[..., Portal]) -> Portal:
    """The portal beside an RSA stand-in."""
    return start("rsa")


def _started(stack: ExitStack, files: StandinFiles, kind: Any, options: dict[str, Any]) -> World:
    chosen = Options("http://127.0.0.1:1", files.client.certificate, token_kind=kind, **options)
    world = World(chosen, files)
    server = stack.enter_context(running(make_server(world, "127.0.0.1", 0)))
    world.options = replace(chosen, base_url=f"http://127.0.0.1:{server.server_port}")
    return world


def _portal(world: World, browser: httpx2.Client, http: esia.BoundedClient) -> Portal:
    base_url = world.options.base_url
    config = esia.EsiaConfig(
        base_url=base_url,
        client_id="MEDKARTA",
        redirect_uri=REDIRECT_URI,
        trusted_certificates=world.files.trusted,
        issuers=(f"{base_url}/",),
    )
    return Portal(config, client_signer(world.files.client), http, Standin(world, base_url, browser))


client_signer = cache(signer_of)  # loading a private key proves it and costs more than a sign-in


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
