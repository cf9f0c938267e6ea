from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.facilities.tests.factories import FacilityFactory, PractitionerRoleFactory
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of
from medkarta.prescriptions import queries, rules
from medkarta.prescriptions.queries import Filters
from medkarta.prescriptions.tests.factories import TODAY, PrescriptionFactory
from medkarta.ui.tables import Column, Table

pytestmark = pytest.mark.django_db


def listed(patient, *, restricted=Restricted.HIDDEN, today=TODAY, sort="-until", scope=None, **filters):
    columns = [Column(key, key) for key in ("drug", "facility", "number", "until")]
    table = Table.read({"sort": sort}, columns=columns, default="-until", path="/")
    scope = scope or scope_of(patient, restricted=restricted)
    return queries.list_prescriptions(scope, filters=Filters(**filters), state=table, commercial=table, today=today)


def drugs(rows):
    return [row.drug for row in rows]


def test_list_prescriptions_parts_the_two_kinds_and_shows_nobody_elses():
    patient = PatientFactory()
    PrescriptionFactory(patient=patient, drug_name="А", kind="state")
    PrescriptionFactory(patient=patient, drug_name="Б")
    PrescriptionFactory(patient=patient, drug_name="Отозван", is_withdrawn=True)
    PrescriptionFactory(patient=patient, drug_name="Черновик", status="draft")
    PrescriptionFactory(drug_name="Чужой")

    found = listed(patient)

    assert (drugs(found.state), drugs(found.commercial)) == (["А"], ["Б"])
    assert (found.state_table.total, found.commercial_table.total, found.first_year) == (1, 1, 2026)


@pytest.mark.parametrize(
    ("restricted", "count", "locked"), [(Restricted.SHOWN, 2, 0), (Restricted.LOCKED, 1, 1), (Restricted.HIDDEN, 1, 0)]
)
def test_list_prescriptions_keeps_secret_ones_from_scopes_that_may_not_see_them(restricted, count, locked):
    patient = PatientFactory()
    PrescriptionFactory(patient=patient)
    PrescriptionFactory(patient=patient, is_restricted=True)

    found = listed(patient, restricted=restricted)

    assert (len(found.commercial), found.commercial_table.total, found.locked) == (count, count, locked)


@pytest.mark.parametrize("days", [-1, 0, None])
@pytest.mark.parametrize("status", ["issued", "partly-dispensed", "in-service", "dispensed"])
def test_list_prescriptions_filters_by_the_status_that_it_shows(status, days):
    patient = PatientFactory()
    until = None if days is None else TODAY + timedelta(days)
    PrescriptionFactory(patient=patient, status=status, valid_until=until)
    shown = rules.shown_status(status, valid_until=until, today=TODAY)

    for asked in queries.STATUSES:
        rows = listed(patient, status=asked).commercial
        assert [row.status for row in rows] == ([shown] if asked == shown else [])


def test_list_prescriptions_searches_by_drug_with_a_typo_by_number_and_by_year():
    patient = PatientFactory()
    PrescriptionFactory(patient=patient, drug_name="Аторвастатин", number="77-1")
    PrescriptionFactory(patient=patient, drug_name="Омепразол", number="77-2", authored_at=NOW - timedelta(days=700))

    assert drugs(listed(patient, drug="аторвостатин").commercial) == ["Аторвастатин"]
    assert drugs(listed(patient, number=" 77-2 ").commercial) == ["Омепразол"]
    assert drugs(listed(patient, year=2024).commercial) == ["Омепразол"]
    assert listed(patient, drug="нет такого").commercial_table.total == 0


def test_list_prescriptions_names_the_clinic_through_the_doctors_post():
    patient = PatientFactory()
    post = PractitionerRoleFactory(facility=FacilityFactory(name="Поликлиника № 3"))
    PrescriptionFactory(patient=patient, practitioner_role_id=post.pk)
    PrescriptionFactory(patient=patient, practitioner_role_id=uuid4(), valid_until=date(2026, 1, 1))

    assert [row.place for row in listed(patient).commercial] == ["Поликлиника № 3", ""]


def test_list_prescriptions_sorts_and_leaves_unknown_ends_last():
    patient = PatientFactory()
    PrescriptionFactory(patient=patient, drug_name="Б", valid_until=date(2026, 12, 1))
    PrescriptionFactory(patient=patient, drug_name="А", valid_until=date(2026, 12, 2))
    PrescriptionFactory(patient=patient, drug_name="В", valid_until=None)

    assert drugs(listed(patient).commercial) == ["А", "Б", "В"]
    assert drugs(listed(patient, sort="until").commercial) == ["Б", "А", "В"]
    assert drugs(listed(patient, sort="drug").commercial) == ["А", "Б", "В"]


@pytest.mark.parametrize(("filters", "count"), [({}, 3), ({"drug": "аторвастатин"}, 4)])
def test_list_prescriptions_takes_few_statements_for_any_number_of_rows(django_assert_num_queries, filters, count):
    patient = PatientFactory()
    PrescriptionFactory.create_batch(25, patient=patient)
    PrescriptionFactory.create_batch(3, patient=patient, kind="state")
    scope = scope_of(patient, restricted=Restricted.LOCKED)

    with django_assert_num_queries(count):
        found = listed(patient, scope=scope, **filters)

    assert (len(found.commercial), found.commercial_table.total, len(found.state)) == (20, 25, 3)
    assert len(scope.reads.by_kind["MedicationRequest"]) == 23


def test_get_prescription_of_another_person_a_draft_and_a_secret_one_look_missing():
    patient = PatientFactory()
    hidden = [
        PrescriptionFactory(),
        PrescriptionFactory(patient=patient, status="draft"),
        PrescriptionFactory(patient=patient, is_restricted=True),
    ]

    for each in hidden:
        with pytest.raises(NotFound):
            queries.get_prescription(scope_of(patient, restricted=Restricted.LOCKED), each.pk, today=TODAY)


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        (date(2026, 11, 1), None, 1),
        (date(2026, 11, 2), None, 0),
        (None, date(2026, 11, 1), 1),
        (None, date(2026, 10, 31), 0),
        (date(2026, 11, 1), date(2026, 11, 1), 1),
    ],
)
def test_list_prescriptions_filters_by_days_of_issue_both_included(since, until, count):
    one = PrescriptionFactory(authored_at=datetime(2026, 11, 1, 20, 59, tzinfo=UTC))  # 23:59 in Moscow

    assert listed(one.patient, since=since, until=until).commercial_table.total == count


@pytest.mark.parametrize(("days", "left"), [(10, 10), (9, None)])
def test_warning_begins_as_many_days_before_as_the_operator_says(settings, days, left):
    settings.PRESCRIPTION_SOON_DAYS = days
    one = PrescriptionFactory(valid_until=TODAY + timedelta(10))

    assert listed(one.patient).commercial[0].days_left == left
    assert queries.get_prescription(scope_of(one.patient), one.pk, today=TODAY).row.days_left == left
