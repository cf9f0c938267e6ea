"""Reading /rs when parts of it fail, lie or point elsewhere."""

import time
from dataclasses import replace

import pytest

from medkarta.devtools.standin.tests.conftest import ANNA, MARIA, PYOTR
from medkarta.integrations.esia import port as esia


def read(portal, tokens, **changes):
    return esia.read_profile(replace(portal.config, **changes), portal.http, tokens)


@pytest.mark.parametrize("status", ["403", "404"])
def test_read_profile_takes_refused_children_for_no_children(portal, status):
    tokens = portal.sign_in(ANNA)
    portal.standin.order("rs/kids", "status", status)

    profile = read(portal, tokens)

    assert (profile.children, profile.missing) == ((), ())


@pytest.mark.parametrize(("part", "section"), [("ctts", "contacts"), ("addrs", "addresses"), ("kids", "children")])
@pytest.mark.parametrize("fault", [("status", "500"), ("html", ""), ("huge", "")])
def test_read_profile_names_a_section_that_is_down_and_keeps_the_rest(portal, part, section, fault):
    tokens = portal.sign_in(ANNA)
    portal.standin.order(f"rs/{part}", *fault, times=2)

    profile = read(portal, tokens)

    assert profile.person.given_name == "Анна"
    assert profile.missing == (section,)


def test_read_profile_tries_a_failed_section_once_more(portal):
    tokens = portal.sign_in(ANNA)
    portal.standin.order("rs/docs", "status", "500")

    profile = read(portal, tokens)

    assert profile.documents
    assert profile.missing == ()


def test_read_profile_needs_the_person(portal):
    tokens = portal.sign_in(ANNA)
    portal.standin.order("rs/person", "status", "500", times=2)

    with pytest.raises(esia.EsiaUnavailable):
        read(portal, tokens)


@pytest.mark.parametrize("part", ["person", "docs", "kids"])
def test_read_profile_with_a_dead_token_restarts_the_login(portal, part):
    tokens = portal.sign_in(ANNA)
    portal.standin.order(f"rs/{part}", "status", "401")

    with pytest.raises(esia.EsiaRefused) as caught:
        read(portal, tokens)

    assert caught.value.action.kind == esia.Kind.RESTART_ONCE


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/",
        "http://127.0.0.1:9/rs/prns/1000100001/docs/1",
        "{base}.example.org/rs/prns/1000100001/docs/1",
        "{base}@example.org/rs/prns/1000100001/docs/1",
        "{base}/rs/prns/1000100004/docs/1",
        "{base}/rs/prns/1000100001/../1000100004/docs/1",
        "{base}/rs/prns/1000100001/%2e%2e/1000100004/docs/1",
        "{base}/control/",
        "{base}/rs/prns/1000100001/docs/1?next=x",
        "file:///etc/passwd",
        "//example.org/rs",
        "http://[",
    ],
)
def test_read_profile_follows_no_element_outside_the_own_path(portal, url):
    tokens = portal.sign_in(ANNA)
    portal.standin.order("rs/docs", "elements", url.format(base=portal.standin.base_url))

    profile = read(portal, tokens)

    assert (profile.documents, profile.missing) == ((), ("documents",))


def test_read_profile_shows_a_child_that_is_listed_twice_once(portal):
    tokens = portal.sign_in(ANNA)
    portal.standin.order("rs/kids", "duplicate")

    children = read(portal, tokens).children

    assert [child.id for child in children] == [PYOTR, MARIA]


def test_read_profile_ends_with_its_time_budget(portal):
    tokens = portal.sign_in(ANNA)
    portal.standin.order("rs/docs", "slow", "0.5")
    began = time.monotonic()

    profile = read(portal, tokens, profile_budget_seconds=0.4)

    assert profile.documents
    assert profile.missing == ("children", "contacts", "addresses")
    assert time.monotonic() - began < 2


def test_read_profile_of_another_person_is_refused(portal):
    tokens = replace(portal.sign_in(ANNA), oid=MARIA)

    with pytest.raises(esia.EsiaRefused, match="HTTP-403"):
        read(portal, tokens)
