from datetime import date
from uuid import uuid4

import pytest

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.immunizations import queries
from medkarta.immunizations.tests.factories import ImmunizationFactory
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.ui.tables import Column, Table

pytestmark = pytest.mark.django_db

COLUMNS = (Column("name", ""), Column("date", ""), Column("facility", ""))


def table_of(**params):
    return Table.read(params, columns=COLUMNS, default="-date", path="/p/key/immunizations/", size=2)


def names(scope, **params):
    return [row.name for row in queries.list_immunizations(scope, table=table_of(**params)).rows]


def test_list_has_the_rows_of_all_sources_of_the_person_and_nobody_elses():
    patient = PatientFactory()
    here = ImmunizationFactory(patient=patient)
    elsewhere = ImmunizationFactory(patient=PatientFactory(person=patient.person, source="other"))
    ImmunizationFactory()
    scope = scope_of(patient)

    found = queries.list_immunizations(scope, table=table_of())

    assert {row.id for row in found.rows} == {here.pk, elsewhere.pk}
    assert found.table.total == 2
    assert set(scope.reads.by_kind["Immunization"]) == {str(here.pk), str(elsewhere.pk)}


def test_list_hides_what_was_withdrawn():
    row = ImmunizationFactory(is_withdrawn=True)

    assert names(scope_of(row.patient)) == []


@pytest.mark.parametrize(
    ("restricted", "shown", "locked"),
    [(Restricted.HIDDEN, 1, 0), (Restricted.LOCKED, 1, 2), (Restricted.SHOWN, 2, 0)],
)
def test_list_keeps_secrecy(restricted, shown, locked):
    row = ImmunizationFactory()
    ImmunizationFactory(patient=row.patient, is_restricted=True)
    ImmunizationFactory(patient=row.patient, is_restricted=True, refused=True)
    scope = scope_of(row.patient, restricted=restricted)

    found = queries.list_immunizations(scope, table=table_of())

    assert (len(found.rows), found.table.total, found.locked) == (shown, shown, locked)
    assert len(found.refused) == (1 if restricted is Restricted.SHOWN else 0)
    assert queries.count_locked(scope) == locked


def test_list_keeps_what_was_not_done_apart():
    row = ImmunizationFactory(refused=True)

    found = queries.list_immunizations(scope_of(row.patient), table=table_of())

    assert (found.rows, found.table.total) == ((), 0)
    assert [str(one.reason) for one in found.refused] == ["Медицинское противопоказание"]


def test_list_sorts_and_pages_with_unknown_dates_last():
    patient = PatientFactory()
    for name, on in (("Б", date(2020, 1, 1)), ("А", None), ("В", date(2021, 1, 1))):
        ImmunizationFactory(patient=patient, name=name, occurred_on=on)
    scope = scope_of(patient)

    assert names(scope) == ["В", "Б"]
    assert names(scope, page="2") == ["А"]
    assert names(scope, sort="date") == ["Б", "В"]
    assert names(scope, sort="name") == ["А", "Б"]
    assert names(scope, sort="-facility") == names(scope, sort="-facility")


def test_list_names_the_clinic_of_the_directory_else_the_one_sent():
    clinic = FacilityFactory(name="Поликлиника № 3", short_name="")
    known = ImmunizationFactory(facility_id=clinic.pk, facility_name="ГБУЗ П3")
    ImmunizationFactory(patient=known.patient, facility_id=uuid4(), facility_name="Школа № 12", occurred_on=None)

    found = queries.list_immunizations(scope_of(known.patient), table=table_of())

    assert [row.place for row in found.rows] == ["Поликлиника № 3", "Школа № 12"]


def test_list_takes_three_statements_for_any_number_of_rows(django_assert_num_queries):
    patient = PatientFactory()
    ImmunizationFactory.create_batch(5, patient=patient)
    ImmunizationFactory(patient=patient, refused=True)

    with django_assert_num_queries(3):
        queries.list_immunizations(scope_of(patient), table=table_of())


def test_get_immunization_of_another_person_looks_missing():
    theirs = ImmunizationFactory()

    with pytest.raises(NotFound):
        queries.get_immunization(scope_of(PatientFactory()), theirs.pk)


def test_get_immunization_keeps_secrecy():
    row = ImmunizationFactory(is_restricted=True)

    with pytest.raises(NotFound):
        queries.get_immunization(scope_of(row.patient, restricted=Restricted.LOCKED), row.pk)
    assert queries.get_immunization(scope_of(row.patient, restricted=Restricted.SHOWN), row.pk).row.id == row.pk
