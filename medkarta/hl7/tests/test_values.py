from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from medkarta.hl7 import systems, values
from medkarta.hl7.jsontext import parse
from medkarta.hl7.tests.factories import patient

KAMCHATKA = timezone(timedelta(hours=12))


@pytest.mark.parametrize(
    ("text", "at", "on", "precision"),
    [
        ("2026", datetime(2025, 12, 31, 21, tzinfo=UTC), date(2026, 1, 1), "year"),
        ("2026-08", datetime(2026, 7, 31, 21, tzinfo=UTC), date(2026, 8, 1), "month"),
        ("2026-08-18", datetime(2026, 8, 17, 21, tzinfo=UTC), date(2026, 8, 18), "day"),
        ("2026-08-18T23:30:00Z", datetime(2026, 8, 18, 23, 30, tzinfo=UTC), date(2026, 8, 19), "second"),
        ("2026-08-18T09:00:00+03:00", datetime(2026, 8, 18, 6, tzinfo=UTC), date(2026, 8, 18), "second"),
        ("2026-08-18T09:00:00", datetime(2026, 8, 18, 6, tzinfo=UTC), date(2026, 8, 18), "second"),
        ("2026-08-18T09:00:60Z", datetime(2026, 8, 18, 9, 1, tzinfo=UTC), date(2026, 8, 18), "second"),
        ("2026-08-18T09:00:00.125Z", datetime(2026, 8, 18, 9, 0, 0, 125000, tzinfo=UTC), date(2026, 8, 18), "second"),
    ],
)
def test_moment_reads_every_precision(text, at, on, precision):
    assert values.moment(text) == values.Moment(at, on, precision)
    assert values.instant(text) == at
    assert values.day(text) == on


def test_moment_takes_a_time_without_offset_in_the_given_zone():
    assert values.instant("2026-08-18T09:00:00", KAMCHATKA) == datetime(2026, 8, 17, 21, tzinfo=UTC)
    assert values.day("2026-08-18T23:30:00Z", KAMCHATKA) == date(2026, 8, 19)


@pytest.mark.parametrize("text", [None, "", "2026-02-31", "18.08.2026", "0000", "2026-08-18T25:00:00Z", "x"])
def test_moment_of_nothing_possible_is_none(text):
    assert values.moment(text) is None
    assert values.instant(text) is None
    assert values.day(text) is None


def test_period_may_be_open():
    assert values.period(None) == values.Span(None, None)
    assert values.period({"end": "2026"}).end == values.moment("2026")


def test_codings_are_canonical():
    concept = {
        "coding": [
            {"system": "https://nsi.rosminzdrav.ru/dictionaries/1.2.643.5.1.13.13.11.1066", "code": "76"},
            {"display": "x"},
        ]
    }

    assert values.codings(concept) == [values.Coding(systems.SPECIALTY, "76", ""), values.Coding("", "", "x")]
    assert values.codings({"system": "s", "code": "c"}) == [values.Coding("s", "c", "")]
    assert values.codings(None) == []
    assert values.code_in(concept, systems.SPECIALTY) == "76"
    assert values.code_in(concept, systems.LOINC) == ""


@pytest.mark.parametrize(
    ("concept", "text"),
    [
        ({"text": " a ", "coding": [{"display": "b"}]}, "a"),
        ({"coding": [{"code": "c"}, {"code": "d", "display": "b"}]}, "b"),
        ({"coding": [{"code": "c"}]}, "c"),
        ({"extension": []}, ""),
        (None, ""),
    ],
)
def test_text_of_takes_the_best_name(concept, text):
    assert values.text_of(concept) == text


@pytest.mark.parametrize("system", systems.spellings(systems.SNILS))
def test_identifier_value_knows_every_alias(system):
    resource = patient(identifier=[{"system": "urn:other", "value": "1"}, {"system": system, "value": " 90000000182 "}])

    assert values.identifier_value(resource, systems.SNILS) == "90000000182"


def test_identifier_value_prefers_what_is_in_use():
    old, new = ({"system": systems.ENP, "value": "1", "use": "old"}, {"system": systems.ENP, "value": "2"})

    assert values.identifier_value(patient(identifier=[old, new]), systems.ENP) == "2"
    assert values.identifier_value(patient(identifier=[old]), systems.ENP) == "1"
    assert values.identifier_value(patient(), systems.ENP) == ""
    assert values.identifier_value({"identifier": {"system": systems.ENP, "value": "3"}}, systems.ENP) == "3"


def test_aliases_name_one_system_only():
    aliases = [alias for group in systems.ALIASES.values() for alias in group]

    assert len(aliases) == len(set(aliases))
    assert not set(aliases) & set(systems.ALIASES)


def test_quantity_keeps_the_digits():
    resource = parse(b'{"value":1.50,"unit":"\xd0\xb3/\xd0\xbb","system":"http://unitsofmeasure.org","code":"g/L"}')

    assert values.quantity(resource) == values.Quantity(Decimal("1.50"), "г/л", "g/L", "")
    assert str(values.quantity(resource).value) == "1.50"
    assert values.quantity({"value": 0.1, "system": "urn:x", "code": "y", "comparator": "<"}) == values.Quantity(
        Decimal("0.1"), "", "", "<"
    )
    assert values.quantity(None) is None


def test_human_name_puts_the_official_name_first():
    resource = {
        "name": [
            {"use": "maiden", "family": "Старова"},
            {"family": "Иванова", "given": ["Анна", "Сергеевна"]},
            {"use": "official", "family": "Иванова", "given": ["Анна", None, "Сергеевна"]},
        ]
    }

    assert values.human_name(resource) == values.HumanName("Иванова", "Анна", "Сергеевна", "Иванова Анна Сергеевна")
    assert values.human_name({"name": [{"text": "Анна"}]}).full == "Анна"
    assert values.human_name({"name": "Поликлиника"}) == values.human_name({}) == values.HumanName("", "", "", "")


def test_telecom_keeps_the_rank_and_drops_old_ones():
    resource = {
        "telecom": [
            {"system": "phone", "value": "3"},
            {"system": "phone", "value": "1", "rank": 1},
            {"system": "phone", "value": "0", "use": "old"},
            {"system": "email", "value": "a@b.example"},
        ]
    }

    assert values.telecom(resource, "phone") == ["1", "3"]
    assert values.telecom({}, "phone") == []


def test_address_text_is_one_line():
    assert values.address_text({"text": "ул. Мира,\n 1"}) == "ул. Мира, 1"
    assert (
        values.address_text({"city": "Тверь", "line": ["ул. Мира", "1"], "postalCode": "170000"})
        == "170000, Тверь, ул. Мира, 1"
    )
    assert values.address_text(None) == ""


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (systems.CONFIDENTIALITY, "R", True),
        (systems.CONFIDENTIALITY, "V", True),
        (systems.CONFIDENTIALITY, "N", False),
        ("urn:oid:2.16.840.1.113883.5.25", "R", True),
        ("https://nsi.rosminzdrav.ru/dictionaries/1.2.643.5.1.13.13.99.2.285", "V", True),
        (systems.CONFIDENTIALITY_RU, "N", False),
        (systems.ACT_CODE, "PSY", True),
        (systems.ACT_CODE, "HIV", True),
        (systems.ACT_CODE, "TBOO", True),
        (systems.ACT_CODE, "R", False),
        ("urn:other", "R", False),
    ],
)
def test_is_restricted_knows_the_labels(system, code, expected):
    label = {"system": system, "code": code}

    assert values.is_restricted(patient(meta={"security": [label]})) is expected
    assert (
        values.is_restricted({"resourceType": "DocumentReference", "securityLabel": [{"coding": [label]}]}) is expected
    )


def test_is_restricted_is_false_without_labels():
    assert values.is_restricted(patient()) is False


def test_is_withdrawn_knows_both_places():
    wrong = {"coding": [{"code": "entered-in-error"}]}

    assert values.is_withdrawn({"status": "entered-in-error"})
    assert values.is_withdrawn({"resourceType": "Condition", "verificationStatus": wrong})
    assert not values.is_withdrawn({"status": "final"})


def test_extension_gives_the_value_of_any_type():
    resource = patient(
        extension=[
            {"url": "u", "valueCode": "a"},
            {"url": "u", "valueCode": "b"},
            {"url": "c", "extension": [{"url": "d", "valueBoolean": True}]},
        ]
    )

    assert values.extension(resource, "u") == "a"
    assert list(values.extensions(resource, "u")) == ["a", "b"]
    assert values.extension(resource, "c") == [{"url": "d", "valueBoolean": True}]
    assert values.extension(resource, "none") is None
    assert values.extension(None, "u") is None


def test_attachment_decodes_its_content():
    found = values.attachment(
        {"contentType": "application/pdf", "data": "Zm9v\n", "size": 3, "creation": "2026", "title": "т"}
    )

    assert found == values.Attachment("application/pdf", "т", "", b"foo", 3, values.moment("2026"))
    assert values.attachment({"data": "Zm9v!"}).data is None
    assert values.attachment(None) is None
