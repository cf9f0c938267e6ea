"""Tokens that wait for the consent: only the browser's own secret opens them, for an hour."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from medkarta.integrations.esia.port import Tokens
from medkarta.signin import sealing
from medkarta.signin.views import safe_path

TOKENS = Tokens(
    access="access-token", id_claims={"sub": 1}, oid="1", trusted=True, session_id="s", id_token="identity-token"
)


def test_unseal_returns_what_was_sealed():
    sealed = sealing.seal(TOKENS, session_token="secret")

    assert "access-token" not in sealed
    assert sealing.unseal(sealed, session_token="secret") == TOKENS


@pytest.mark.parametrize(
    ("text", "token"), [("", "secret"), ("nonsense", "secret"), ("sealed", "another"), ("sealed", "")]
)
def test_unseal_of_something_else_is_nothing(text, token):
    sealed = sealing.seal(TOKENS, session_token="secret")

    assert sealing.unseal(sealed if text == "sealed" else text, session_token=token) is None


@pytest.mark.parametrize(("minutes", "is_open"), [(60, True), (61, False)])
def test_unseal_is_for_an_hour(minutes, is_open):
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False):
        sealed = sealing.seal(TOKENS, session_token="secret")

    with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
        assert (sealing.unseal(sealed, session_token="secret") is not None) is is_open


@pytest.mark.parametrize("path", ["/visits/", "/p/key/results/?page=2", "/"])
def test_safe_path_of_this_site_stays(path):
    assert safe_path(path) == path


OUTSIDE = [
    "",
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\/evil",
    "/a b",
    "/\t/evil",
    "/login",
    "/login?next=/login",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_safe_path_of_anything_else_is_the_record_shown_last(path):
    assert safe_path(path) == "/home/"
