"""The whole sign-in between the portal's client and the stand-in, over HTTP, with both kinds of signature."""

from datetime import date

import pytest

from medkarta.devtools.standin.tests.conftest import ANNA, FROLOVA, LEBEDEV, MARIA, ORLOV
from medkarta.integrations.esia import port as esia


def test_sign_in_returns_the_person_who_pressed_the_button(start, kind):
    portal = start(kind)

    tokens = portal.sign_in(ANNA)

    assert (tokens.oid, tokens.trusted) == (ANNA, True)
    assert esia.read_confirmed(tokens) == esia.Confirmation(ANNA, True)


@pytest.mark.parametrize("options", [{}, {"embed": False}, {"inline_documents": True}])
def test_read_profile_is_the_same_in_every_form_of_the_collections(start, options):
    portal = start("rsa", **options)

    profile = esia.read_profile(portal.config, portal.http, portal.sign_in(ANNA))

    person = profile.person
    assert (person.family_name, person.given_name, person.middle_name) == ("Иванова", "Анна", "Сергеевна")
    assert (person.birth_date, person.gender, person.snils) == (date(1988, 4, 17), "female", "90000000182")
    assert person.trusted
    assert {contact.type: contact.value for contact in profile.contacts}["EML"] == "resident01@example.org"
    assert {address.type for address in profile.addresses} == {"PLV", "PRG"}
    assert profile.addresses[0].text == "Московская обл., г. Подольск, ул. Садовая, д. 12, кв. 45"
    policies = [one for one in profile.documents if one.type == "MDCL_PLCY"]
    assert [(one.united_number, one.verified) for one in policies] == [("5055110832001010", True)]
    assert [child.given_name for child in profile.children] == ["Пётр", "Мария"]
    for child, number in zip(profile.children, ("5090089796001025", "5097789738001032"), strict=True):
        assert number in {document.united_number for document in child.documents}
    assert profile.missing == ()


def test_sign_in_of_an_unconfirmed_account_is_not_trusted(portal):
    tokens = portal.sign_in(LEBEDEV)

    assert not tokens.trusted
    assert not esia.read_profile(portal.config, portal.http, tokens).person.trusted


@pytest.mark.parametrize("oid", [FROLOVA, ORLOV, MARIA])
def test_read_profile_without_children_has_none_and_misses_nothing(portal, oid):
    profile = esia.read_profile(portal.config, portal.http, portal.sign_in(oid))

    assert profile.children == ()
    assert profile.missing == ()


def test_read_profile_of_a_person_without_a_policy_has_no_policy(portal):
    profile = esia.read_profile(portal.config, portal.http, portal.sign_in(FROLOVA))

    assert {document.type for document in profile.documents} == {"RF_PASSPORT"}
