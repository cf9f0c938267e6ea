"""A person at his browser: the portal on one side, the stand-in over real loopback HTTP on the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest
from django.test import Client

from medkarta.devtools.standin.tests.conftest import Standin, files_of, running_world, tls, unused_port
from medkarta.devtools.standin.world import World
from medkarta.integrations.esia.port import BoundedClient
from medkarta.signin import providers

__all__ = ["files_of", "running_world", "tls", "unused_port"]


@dataclass
class Person:
    """One browser with its cookies at the portal and at the provider."""

    standin: Standin
    portal: Client = field(default_factory=Client)
    provider: str = "esia"

    def begin(self, next_path: str = "", **query: str) -> str:
        """Open the login; return the address of the provider's page."""
        answer = self.portal.get("/login", ({"next": next_path} if next_path else {}) | query)
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"])

    def come_back(self, parameters: dict[str, str]) -> Any:
        return self.portal.get(f"/login/{self.provider}/callback", parameters)

    def sign_in(self, oid: str, next_path: str = "") -> Any:
        """Go to the provider, press the person's button, come back. Returns the portal's answer."""
        return self.come_back(self.standin.press(self.begin(next_path), person=oid))

    def consent(self, next_path: str = "/home/") -> Any:
        return self.portal.post("/consent/", {"agree": "yes", "next": next_path})

    def enter(self, oid: str) -> str:
        """Sign in, consent where asked, and return the key of the record shown."""
        answer = self.sign_in(oid)
        if answer["Location"].startswith("/consent/"):
            answer = self.consent()
        assert answer["Location"] == "/home/"
        return str(self.portal.get("/home/")["Location"]).split("/")[2]

    def get(self, path: str, **query: str) -> Any:
        return self.portal.get(path, query)


def state_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


@pytest.fixture(scope="session")
def quick_http() -> Iterator[BoundedClient]:
    """One client for the portal's side of all tests; impatient, so that a slow provider costs a second."""
    client = BoundedClient(timeout_seconds=1, total_seconds=2)
    yield client
    client.close()


@pytest.fixture
def world(running_world: Callable[..., World], settings: Any, quick_http: BoundedClient) -> Iterator[World]:
    """The stand-in without orders, and the portal configured for it."""
    found = running_world("rsa")
    found.faults.clear()
    keys = found.files.client
    settings.IDENTITY = settings.IDENTITY | {
        "esia_url": found.options.base_url,
        "esia_issuers": (found.issuer,),
        "esia_key": str(keys.key),
        "esia_certificate": str(keys.certificate),
        "esia_trusted": str(found.files.trusted),
    }
    _use(quick_http)
    yield found
    _forget()


def _forget() -> None:
    providers._esia.cache_clear()
    providers._oidc.cache_clear()
    providers._discover.cache_clear()


def _use(http: BoundedClient) -> None:
    """Give the providers of the settings a client that is open already."""
    _forget()
    for provider in providers.configured().values():
        object.__setattr__(provider, "http", http)


@pytest.fixture
def oidc_world(world: World, settings: Any, quick_http: BoundedClient) -> World:
    """The same, with the plain OpenID Connect provider as the only one."""
    settings.IDENTITY = settings.IDENTITY | {
        "esia_url": "",
        "oidc_issuer": world.oidc_issuer,
        "oidc_name": "Вход области",
        "oidc_client_id": world.options.oidc_client_id,
        "oidc_client_secret": world.files.oidc_secret,
        "oidc_trusted_for_snils": True,
    }
    _use(quick_http)
    return world


@pytest.fixture
def new_person(world: World, tls: Any) -> Iterator[Callable[..., Person]]:
    """Return a function that sits another person down at a browser of his own."""
    browsers: list[httpx2.Client] = []

    def sit_down(provider: str = "esia", **client: Any) -> Person:
        browser = httpx2.Client(follow_redirects=False, trust_env=False, verify=tls)
        browsers.append(browser)
        return Person(Standin(world, world.options.base_url, browser), Client(**client), provider)

    yield sit_down
    for browser in browsers:
        browser.close()


@pytest.fixture
def person(new_person: Callable[..., Person]) -> Person:
    return new_person()
