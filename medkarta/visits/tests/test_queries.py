from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.facilities.tests.factories import FacilityFactory, PractitionerFactory, PractitionerRoleFactory
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.ui.tables import Column, Table
from medkarta.visits import queries, rules
from medkarta.visits.queries import Filters
from medkarta.visits.rules import Period
from medkarta.visits.tests.factories import DiagnosisFactory, VisitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory()


def listed(scope, filters=Filters(), sort="-date"):
    table = Table.read({"sort": sort}, columns=[Column(key, key) for key in queries.ORDER], default="-date", path="/")
    return queries.list_visits(scope, filters, table)[1]


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_list_visits_shows_this_person_only_and_all_his_sources(patient):
    VisitFactory()
    mine = VisitFactory(patient=patient)
    elsewhere = VisitFactory(patient=PatientFactory(person=patient.person, source="lab"), started_at=at(2026, 1, 1))
    scope = scope_of(patient)

    assert [row.id for row in listed(scope)] == [mine.pk, elsewhere.pk]
    assert scope.reads.by_kind == {"Encounter": [str(mine.pk), str(elsewhere.pk)]}


@pytest.mark.parametrize("status", sorted(rules.STATUSES))
def test_list_visits_shows_what_has_taken_place(patient, status):
    VisitFactory(patient=patient, status=status)

    assert bool(listed(scope_of(patient))) is (status not in ("planned", "cancelled", "entered-in-error"))


@pytest.mark.parametrize(
    ("kind", "shown", "locked"), [(Restricted.SHOWN, 2, 0), (Restricted.LOCKED, 1, 1), (Restricted.HIDDEN, 1, 0)]
)
def test_list_visits_keeps_secrets_as_the_scope_says(patient, kind, shown, locked):
    VisitFactory(patient=patient)
    secret = VisitFactory(patient=patient, is_restricted=True)
    VisitFactory(patient=patient, is_restricted=True, status="planned")
    VisitFactory(patient=patient, is_withdrawn=True)
    scope = scope_of(patient, restricted=kind)

    assert len(listed(scope)) == shown
    assert queries.count_locked(scope) == locked
    if kind is not Restricted.SHOWN:
        with pytest.raises(NotFound):
            queries.get_visit(scope, secret.pk)


def test_list_visits_takes_names_from_the_directory_first(patient):
    clinic, doctor = FacilityFactory(name="Поликлиника № 3"), PractitionerFactory(full_name="Пробный Иван Петрович")
    role = PractitionerRoleFactory(practitioner=doctor, specialty_name="Терапия")
    VisitFactory(patient=patient, facility=clinic, facility_name="п-ка", practitioner_role=role, practitioner_name="П.")
    VisitFactory(
        patient=patient,
        started_at=at(2020, 1, 1),
        facility_id=uuid4(),
        facility_name="Из ссылки",
        practitioner_id=uuid4(),
        practitioner_name="Иной И. И.",
        practitioner_position="врач",
    )

    first, second = listed(scope_of(patient))

    assert (first.facility, first.doctor, first.position) == ("Поликлиника № 3", "Пробный Иван Петрович", "Терапия")
    assert (second.facility, second.doctor, second.position) == ("Из ссылки", "Иной И. И.", "врач")


@pytest.mark.parametrize(
    ("moment", "is_in"),
    [
        (at(2024, 12, 31, 20, 59), False),
        (at(2024, 12, 31, 21, 0), True),
        (at(2025, 12, 31, 20, 59), True),
        (at(2025, 12, 31, 21, 0), False),
    ],
)
def test_list_visits_narrows_to_days_of_the_clinics_zone(patient, moment, is_in):
    VisitFactory(patient=patient, started_at=moment)

    assert bool(listed(scope_of(patient), Filters(Period(date(2025, 1, 1), date(2025, 12, 31))))) is is_in


def test_list_visits_narrows_to_a_clinic_and_a_doctor(patient):
    clinic, doctor = FacilityFactory(), PractitionerFactory()
    by_role = VisitFactory(patient=patient, practitioner_role=PractitionerRoleFactory(practitioner=doctor))
    there = VisitFactory(patient=patient, facility=clinic)
    scope = scope_of(patient)

    assert [row.id for row in listed(scope, Filters(practitioner_id=doctor.pk))] == [by_role.pk]
    assert [row.id for row in listed(scope, Filters(facility_id=clinic.pk))] == [there.pk]


@pytest.mark.parametrize("key", queries.ORDER)
def test_list_visits_can_be_ordered_by_every_column_both_ways(patient, key):
    VisitFactory(patient=patient, service="А", facility_name="А", practitioner_name="А", status="arrived")
    VisitFactory(
        patient=patient,
        service="Б",
        facility_name="Б",
        practitioner_name="Б",
        status="finished",
        started_at=at(2026, 11, 13),
    )
    scope = scope_of(patient)

    assert [row.service for row in listed(scope, sort=key)] == ["А", "Б"]
    assert [row.service for row in listed(scope, sort=f"-{key}")] == ["Б", "А"]


def test_list_visits_without_a_date_come_last_by_default(patient):
    VisitFactory(patient=patient, service="без даты", started_at=None)
    VisitFactory(patient=patient, service="с датой")

    assert [row.service for row in listed(scope_of(patient))] == ["с датой", "без даты"]


def test_list_choices_names_what_occurs(patient, django_assert_num_queries):
    clinic, doctor = FacilityFactory(name="Поликлиника"), PractitionerFactory(full_name="Пробный Иван")
    VisitFactory(patient=patient, facility=clinic, practitioner=doctor, started_at=at(2025, 12, 31, 21, 0))
    VisitFactory(patient=patient, facility=clinic, practitioner_name="Без ссылки", started_at=at(2024, 5, 5))
    VisitFactory(patient=patient, started_at=None)
    VisitFactory(facility=FacilityFactory())

    with django_assert_num_queries(1):
        choices = queries.list_choices(scope_of(patient))

    assert choices.years == (2026, 2024)
    assert choices.facilities == ((clinic.pk, "Поликлиника"),)
    assert choices.practitioners == ((doctor.pk, "Пробный Иван"),)


def test_get_visit_puts_the_main_diagnosis_first_and_leaves_out_refuted_ones(patient):
    visit = VisitFactory(patient=patient, reasons=[["", "острый РИНИТ"], ["R05", "Кашель"]])
    main = DiagnosisFactory(visit=visit, text="Я — основной", code="J01")
    DiagnosisFactory(visit=visit)
    DiagnosisFactory(visit=visit, text="Отвергнут", is_refuted=True)
    DiagnosisFactory(visit=visit, text="Отозван", is_withdrawn=True)
    DiagnosisFactory(visit=visit, text="Закрыт", is_restricted=True)
    visit.diagnosis_ids = [str(main.pk)]
    visit.save()
    scope = scope_of(patient)

    found = queries.get_visit(scope, visit.pk)

    assert [(one.text, one.code) for one in found.diagnoses] == [
        ("Я — основной", "J01"),
        ("Острый ринит", "J00"),
        ("Кашель", "R05"),
    ]
    assert len(scope.reads.by_kind["Condition"]) == 2


def test_get_visit_never_shows_a_diagnosis_of_another_person(patient):
    theirs = DiagnosisFactory(text="Чужой диагноз")
    visit = VisitFactory(patient=patient, diagnosis_ids=[str(theirs.pk)])

    assert queries.get_visit(scope_of(patient), visit.pk).diagnoses == ()
    with pytest.raises(NotFound):
        queries.get_visit(scope_of(patient), theirs.visit_id)


def test_get_visit_links_listed_clinics_only(patient):
    listed_, foreign = FacilityFactory(), FacilityFactory(foreign=True)
    scope = scope_of(patient)

    hrefs = [
        queries.get_visit(scope, VisitFactory(patient=patient, facility=one).pk).facility_href
        for one in (listed_, foreign)
    ]

    assert hrefs == [f"/facilities/{listed_.pk}/", ""]


@pytest.mark.parametrize(
    ("started", "ended", "has_time", "expected"),
    [
        (at(2025, 11, 13, 7), at(2025, 11, 13, 7, 20), True, "чт, 13\u00a0ноября 2025, 10:00–10:20"),
        (at(2025, 11, 13, 7), None, True, "чт, 13\u00a0ноября 2025, 10:00"),
        (at(2025, 11, 12, 21), at(2025, 11, 13, 5), False, "чт, 13\u00a0ноября 2025"),
        (at(2025, 3, 11, 7), at(2025, 3, 20, 9), True, "вт, 11\u00a0марта 2025 – чт, 20\u00a0марта 2025"),
        (None, None, False, "не указано"),
        (None, at(2025, 3, 20, 9), False, "до чт, 20\u00a0марта 2025"),
    ],
)
def test_get_visit_tells_the_time_as_exactly_as_it_is_known(patient, started, ended, has_time, expected):
    visit = VisitFactory(patient=patient, started_at=started, ended_at=ended, has_time=has_time)

    assert queries.get_visit(scope_of(patient), visit.pk).when == expected


def test_list_visited_facility_ids_names_the_last_first_and_once(patient):
    old, new = FacilityFactory(), FacilityFactory()
    VisitFactory(patient=patient, facility=old, started_at=at(2024, 1, 1))
    VisitFactory(patient=patient, facility=new)
    VisitFactory(patient=patient, facility=new, started_at=at(2023, 1, 1))
    VisitFactory(patient=patient, facility=FacilityFactory(), status="planned")
    VisitFactory(patient=patient, facility=FacilityFactory(), is_restricted=True)
    VisitFactory(patient=patient)
    VisitFactory(facility=FacilityFactory())

    assert queries.list_visited_facility_ids(scope_of(patient)) == [new.pk, old.pk]
