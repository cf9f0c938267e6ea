"""ESIA's JSON into our values, with what real answers get wrong."""

from datetime import date

import pytest

from medkarta.integrations.esia import reading
from medkarta.integrations.esia.values import EsiaAddress, EsiaContact, EsiaDocument


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("900-000-001 82", "90000000182"),
        ("90000000182", "90000000182"),
        ("900-000-001 83", ""),
        ("000-000-600 06", ""),
        ("900-000-001", ""),
        ("", ""),
        ("900-000-001 82 1", ""),
        ("٩٠٠-000-001 82", ""),
    ],
)
def test_snils_of_needs_a_right_check_sum(text, digits):
    assert reading.snils_of(text) == digits


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("17.04.1988", date(1988, 4, 17)),
        ("1988-04-17", date(1988, 4, 17)),
        ("29.02.2024", date(2024, 2, 29)),
        ("31.02.2024", None),
        ("", None),
        (None, None),
        (19880417, None),
    ],
)
def test_date_of_reads_both_layouts_and_nothing_else(value, day):
    assert reading.date_of(value) == day


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  Анна\n\tМария ", "Анна Мария"),
        ("А\u202eБ\u0000", "АБ"),
        (5, "5"),
        (True, ""),
        (None, ""),
        ({"a": 1}, ""),
        (10**18, ""),
        ("я" * 500, "я" * 400),
    ],
)
def test_text_of_gives_one_printable_line(value, text):
    assert reading.text_of({"name": value}, "name") == text


def test_person_of_is_trusted_only_if_token_and_answer_agree():
    body = {"firstName": "Анна", "lastName": "Иванова", "trusted": True, "gender": "F"}

    assert reading.person_of(body, oid="1", trusted=True).trusted
    assert not reading.person_of(body, oid="1", trusted=False).trusted
    assert not reading.person_of(body | {"trusted": "true"}, oid="1", trusted=True).trusted


@pytest.mark.parametrize(("code", "gender"), [("M", "male"), ("F", "female"), ("X", ""), (None, "")])
def test_person_of_reads_the_gender(code, gender):
    assert reading.person_of({"gender": code}, oid="1", trusted=True).gender == gender


@pytest.mark.parametrize(
    ("state", "united", "number", "verified"),
    [
        ("VERIFIED", "5055110832001010", "5055110832001010", True),
        ("NOT_VERIFIED", "5055 1108 3200 1010", "5055110832001010", False),
        ("VERIFYING", "505511083200101", "", False),
        (None, None, "", False),
    ],
)
def test_document_of_a_policy(state, united, number, verified):
    body = {"type": "MDCL_PLCY", "unitedNumber": united, "number": "123", "vrfStu": state, "series": "46"}

    assert reading.document_of(body) == EsiaDocument("MDCL_PLCY", "46", "123", number, verified)


def test_document_of_another_kind_has_no_united_number():
    body = {"type": "RF_PASSPORT", "unitedNumber": "5055110832001010", "issueDate": "15.03.2023"}

    assert reading.document_of(body) == EsiaDocument("RF_PASSPORT", issued_on=date(2023, 3, 15))


def test_address_of_joins_the_parts_that_stand_apart():
    body = {
        "type": "PLV",
        "addressStr": "г. Подольск, ул. Садовая",
        "house": "12",
        "frame": "2",
        "flat": "45",
        "zipCode": 142100,
    }

    assert reading.address_of(body) == EsiaAddress("PLV", "г. Подольск, ул. Садовая, д. 12, корп. 2, кв. 45", "142100")


def test_address_of_does_not_repeat_parts():
    body = {"type": "PRG", "addressStr": "ул. Садовая, д. 12, кв. 45", "house": "12", "flat": "45"}

    assert reading.address_of(body) == EsiaAddress("PRG", "ул. Садовая, д. 12, кв. 45")


def test_contact_of_knows_whether_it_is_confirmed():
    body = {"type": "EML", "value": "a@example.org", "vrfStu": "VERIFIED"}

    assert reading.contact_of(body) == EsiaContact("EML", "a@example.org", True)
    assert reading.contact_of(body | {"vrfStu": "NOT_VERIFIED"}) == EsiaContact("EML", "a@example.org", False)


@pytest.mark.parametrize("read", [reading.child_of, reading.contact_of, reading.address_of, reading.document_of])
def test_an_element_without_its_essence_is_none(read):
    assert read({}) is None


def test_values_hide_the_person_from_repr():
    body = {"lastName": "Иванова", "firstName": "Анна", "snils": "900-000-001 82", "id": 7, "type": "RF_PASSPORT"}
    person = reading.person_of(body, oid="1000100001", trusted=True)

    for value in (person, reading.child_of(body), reading.document_of(body | {"number": "Иванова"})):
        assert "Иванова" not in repr(value)
        assert "900" not in repr(value)
    assert "1000100001" not in repr(person)
