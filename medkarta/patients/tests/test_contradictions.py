from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from medkarta.core.scopes import SystemScope
from medkarta.patients import queries
from medkarta.patients.queries import Identity, contradiction
from medkarta.patients.tests.factories import PatientFactory, PersonFactory

ANNA = Identity("90000000182", "5055110832001010", "Иванова", "Анна", date(1988, 4, 17), "female")
OLEG = Identity("90000000485", "5053140874001042", "Смирнов", "Олег", date(1958, 6, 25), "male")
SCOPE = SystemScope.of("mis")


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (ANNA, ""),
        (replace(OLEG, snils=ANNA.snils), ""),  # a number decides alone
        (replace(ANNA, snils=OLEG.snils), "snils"),
        (replace(ANNA, snils="", enp=OLEG.enp), "enp"),
        (replace(OLEG, snils="", enp=ANNA.enp), ""),
        (replace(ANNA, snils="", enp="", birth_date=date(1988, 4, 18)), "birth-date"),
        (replace(ANNA, snils="", enp="", gender="male"), "gender"),
        (replace(ANNA, snils="", enp="", family_name="Петрова"), ""),
        (replace(ANNA, snils="", enp="", family_name="Петрова", given_name="Инна"), "name"),
        (Identity("", "", "", "", None, "unknown"), ""),
    ],
)
def test_contradiction_names_what_proves_another_human_being(claim, expected):
    assert contradiction(claim, ANNA) == expected
    assert contradiction(ANNA, claim) == expected


@pytest.mark.django_db
def test_find_contradictions_compares_rows_with_what_documents_say(django_assert_num_queries):
    row = PatientFactory(snils="", enp="", birth_date=date(1988, 4, 17), family_name="Иванова", given_name="Анна")
    linked = PatientFactory(snils="", person=PersonFactory(snils=OLEG.snils), link="linked")
    claims = [(row.pk, ANNA), (row.pk, OLEG), (linked.pk, ANNA), (uuid4(), ANNA)]

    with django_assert_num_queries(1):
        found = queries.find_contradictions(SCOPE, claims)

    assert found == ["", "birth-date", "snils", ""]
