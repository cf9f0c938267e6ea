from datetime import date
from uuid import uuid4

import pytest

from medkarta.checkups import queries
from medkarta.checkups.tests.factories import CheckupFactory
from medkarta.core.scopes import Restricted
from medkarta.documents.tests.factories import MedicalDocumentFactory, file_of
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.ui.tables import Column, Table

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)
COLUMNS = (Column("facility", ""), Column("name", ""), Column("date", ""))


def listed(scope, **params):
    table = Table.read(params, columns=COLUMNS, default="-date", path="/p/key/checkups/", size=2)
    return queries.list_checkups(scope, table=table, today=TODAY)


def test_list_has_the_persons_rows_and_nobody_elses():
    row = CheckupFactory()
    CheckupFactory()
    scope = scope_of(row.patient)

    found = listed(scope)

    assert [one.id for one in found.rows] == [row.pk]
    assert found.table.total == 1
    assert scope.reads.by_kind == {"CarePlan": [str(row.pk)]}


def test_list_hides_what_was_withdrawn():
    row = CheckupFactory(is_withdrawn=True)

    assert listed(scope_of(row.patient)).rows == ()


@pytest.mark.parametrize(
    ("restricted", "shown", "locked"),
    [(Restricted.HIDDEN, 1, 0), (Restricted.LOCKED, 1, 1), (Restricted.SHOWN, 2, 0)],
)
def test_list_keeps_secrecy(restricted, shown, locked):
    row = CheckupFactory()
    CheckupFactory(patient=row.patient, is_restricted=True)
    scope = scope_of(row.patient, restricted=restricted)

    found = listed(scope)

    assert (len(found.rows), found.table.total, found.locked) == (shown, shown, locked)
    assert queries.count_locked(scope) == locked


def test_list_sorts_and_pages_with_unknown_dates_last():
    patient = PatientFactory()
    for title, on in (("Б", date(2020, 1, 1)), ("А", None), ("В", date(2021, 1, 1))):
        CheckupFactory(patient=patient, title=title, happened_on=on)
    scope = scope_of(patient)

    assert [row.title for row in listed(scope).rows] == ["В", "Б"]
    assert [row.title for row in listed(scope, page="2").rows] == ["А"]
    assert [row.title for row in listed(scope, sort="name").rows] == ["А", "Б"]


def test_list_names_the_clinic_of_the_directory_else_the_one_sent():
    clinic = FacilityFactory(name="Поликлиника № 3", short_name="")
    known = CheckupFactory(facility_id=clinic.pk, facility_name="ГБУЗ П3")
    CheckupFactory(patient=known.patient, facility_id=uuid4(), facility_name="Больница", happened_on=None)

    assert [row.place for row in listed(scope_of(known.patient)).rows] == ["Поликлиника № 3", "Больница"]


def test_list_takes_four_statements_for_any_number_of_rows(django_assert_num_queries):
    patient = PatientFactory()
    document = MedicalDocumentFactory(patient=patient)
    file_of(document)
    CheckupFactory.create_batch(5, patient=patient, document_ids=[str(document.pk)])

    with django_assert_num_queries(4):
        found = listed(scope_of(patient))

    assert len(found.rows[0].documents) == 1


@pytest.mark.parametrize(("is_restricted", "is_shown"), [(False, True), (True, False)])
def test_list_points_at_a_result_only_where_it_may_be_seen(is_restricted, is_shown):
    patient = PatientFactory()
    document = MedicalDocumentFactory(patient=patient, is_restricted=is_restricted)
    file_of(document)
    CheckupFactory(patient=patient, document_ids=[str(uuid4()), str(document.pk)])

    (row,) = listed(scope_of(patient)).rows

    assert row.download_href == (f"/p/key/documents/{document.pk}/files/1/" if is_shown else "")


def test_list_points_at_nothing_of_another_person():
    document = MedicalDocumentFactory()
    file_of(document)
    row = CheckupFactory(document_ids=[str(document.pk)])

    assert listed(scope_of(row.patient)).rows[0].download_href == ""
