"""Reading /rs when parts of it fail, lie or point elsewhere."""

import time
from dataclasses import replace

import pytest

from medkarta.devtools.standin.tests.conftest import ANNA, MARIA, PYOTR
from medkarta.integrations.esia import port as esia


def read(portal, tokens, **changes):
    return esia.read_profile(replace(portal.config, **changes), portal.http, tokens)


@pytest.mark.parametrize(("status", "missing"), [("403", ("children",)), ("404", ())])
def test_read_profile_never_fails_for_children_that_are_not_shared(portal, status, missing):
    tokens = portal.sign_in(ANNA)
    portal.standin.order("rs/kids", "status", status)

    profile = read(portal, tokens)

    assert (profile.children, profile.missing) == ((), missing)


def test_read_profile_does_not_take_one_lost_child_for_no_children(start):
    portal = start("rsa", embed=False)
    tokens = portal.sign_in(ANNA)
    portal.standin.order("rs/kids", "elements", f"{portal.standin.base_url}/rs/prns/{ANNA}/kids/5")

    profile = read(portal, tokens)

    assert (profile.children, profile.missing) == ((), ("children",))


def test_read_profile_passes_over_children_without_names(portal):
    profile = read(portal, sign_in_with(portal, "openid", "fullname", "kid_birthdate"))

    assert profile.children == ()
    assert "children" in profile.missing


def test_read_profile_of_a_person_whom_esia_does_not_know_is_unavailable(portal):
    tokens = portal.sign_in(ANNA)
    portal.standin.order("rs/person", "status", "404")

    with pytest.raises(esia.EsiaUnavailable):
        read(portal, tokens)


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


def sign_in_with(portal, *scopes):
    request = portal.begin(scopes=scopes)
    code = portal.standin.press(request.url, person=ANNA)["code"]
    return portal.exchange(code, request.pkce_verifier, scopes=scopes)


def test_read_profile_with_the_names_alone_misses_what_is_not_granted(portal):
    profile = read(portal, sign_in_with(portal, "openid", "fullname"))

    assert (profile.person.family_name, profile.person.snils, profile.person.birth_date) == ("Иванова", "", None)
    assert profile.missing == ("documents", "children", "contacts", "addresses")
    assert profile.children == ()


def test_read_profile_without_the_names_says_what_was_not_shared(portal):
    with pytest.raises(esia.EsiaRefused) as caught:
        read(portal, sign_in_with(portal, "openid", "gender"))

    assert caught.value.action.kind == esia.Kind.NO_PERMISSION


def test_read_profile_without_the_childrens_documents_keeps_the_children(portal):
    profile = read(portal, sign_in_with(portal, "openid", "fullname", "kid_fullname", "kid_birthdate", "kid_snils"))

    assert [child.given_name for child in profile.children] == ["Пётр", "Мария"]
    assert "child-documents" in profile.missing


def test_profile_never_shows_the_person_in_its_repr(portal):
    tokens = portal.sign_in(ANNA)
    profile = read(portal, tokens)

    told = f"{tokens!r} {profile!r} {profile.children!r} {profile.documents!r} {profile.contacts!r}"

    for secret in ("Иванова", "Пётр", "90000000182", "5055110832001010", "example.org", ANNA, tokens.access):
        assert secret not in told


def test_sign_in_writes_no_personal_data_to_any_log(portal, caplog):
    with caplog.at_level(0):
        tokens = portal.sign_in(ANNA)
        portal.standin.order("rs/ctts", "html", times=2)
        read(portal, tokens)

    told = "\n".join(record.getMessage() for record in caplog.records)
    for secret in ("Иванова", "90000000182", tokens.access):
        assert secret not in told
    assert f"/rs/prns/{ANNA}" not in told
