"""Mapping of what hospitals send, from small own examples."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.patients.tests.factories import NOW, PatientFactory
from medkarta.scheduling import fhir
from medkarta.scheduling.models import Appointment, HomeVisitRequest, Schedule, Slot, WaitlistEntry

pytestmark = pytest.mark.django_db
MIS = SystemScope.of("mis")
ROLE, PLACE, CLINIC, SLOT = uuid4(), uuid4(), uuid4(), uuid4()
HOME_CALL = [{"coding": [{"system": "urn:medkarta:request-category", "code": "home-call"}]}]


def incoming(type_, resource, *, patient=None, id=None, restricted=False):
    return Incoming(
        id=id or uuid4(),
        type=type_,
        rid="1",
        resource={"resourceType": type_, **resource},
        patient_id=patient.pk if patient else None,
        is_restricted=restricted,
        is_withdrawn=resource.get("status") == "entered-in-error",
        received_at=NOW,
    )


def participants(*references):
    return [{"actor": {"reference": text, "display": name}, "status": "accepted"} for text, name in references]


BOOKED = {
    "status": "booked",
    "specialty": [{"text": "Терапия"}],
    "slot": [{"reference": f"Slot/{SLOT}"}],
    "start": "2026-11-26T08:40:00+03:00",
    "end": "2026-11-26T08:55:00+03:00",
    "patientInstruction": "Возьмите паспорт",
    "comment": "Повторный приём",
    "participant": participants(
        ("Patient/x", "Пробная А. С."), (f"PractitionerRole/{ROLE}", "Петрова Е. С."), (f"Location/{PLACE}", "Корпус 1")
    ),
}


def test_store_keeps_an_appointment_with_its_links_and_names():
    patient = PatientFactory()
    one = incoming("Appointment", BOOKED, patient=patient, restricted=True)

    assert fhir.store(MIS, [one]) == {}

    row = Appointment.objects.get()
    assert (row.pk, row.patient_id, row.status, row.is_restricted) == (one.id, patient.pk, "booked", True)
    assert row.starts_at == datetime(2026, 11, 26, 5, 40, tzinfo=UTC)
    assert (row.practitioner_role_id, row.location_id, row.slot_id) == (ROLE, PLACE, SLOT)
    assert (row.practitioner_name, row.location_name) == ("Петрова Е. С.", "Корпус 1")
    assert (row.specialty_name, row.instructions, row.comment) == ("Терапия", "Возьмите паспорт", "Повторный приём")


def test_store_again_changes_the_same_row():
    patient = PatientFactory()
    one = incoming("Appointment", BOOKED, patient=patient)
    fhir.store(MIS, [one])

    cancelled = {
        **BOOKED,
        "status": "cancelled",
        "cancelationReason": {"coding": [{"code": "prov"}], "text": "Врач заболел"},
    }
    fhir.store(MIS, [incoming("Appointment", cancelled, patient=patient, id=one.id)])

    row = Appointment.objects.get()
    assert (row.status, row.reason, row.cancelled_by) == ("cancelled", "Врач заболел", "clinic")


def test_store_moves_a_waiting_entry_to_the_appointments_and_back():
    patient = PatientFactory()
    period = [{"start": "2026-11-25", "end": "2026-12-25"}]
    waiting = {"status": "waitlist", "requestedPeriod": period, "created": "2026-11-25", "participant": []}
    one = incoming("Appointment", waiting, patient=patient)

    fhir.store(MIS, [one])
    entry = WaitlistEntry.objects.get()
    assert (entry.status, entry.not_after) == ("created", datetime(2026, 12, 25, 21, 0, tzinfo=UTC))

    fhir.store(MIS, [incoming("Appointment", BOOKED, patient=patient, id=one.id)])
    assert not WaitlistEntry.objects.exists()
    assert Appointment.objects.get().pk == one.id

    fhir.store(MIS, [incoming("Appointment", waiting, patient=patient, id=one.id)])
    assert not Appointment.objects.exists()
    assert WaitlistEntry.objects.get().pk == one.id


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "created"),
        ({"start": "2026-11-27T15:20:00+03:00"}, "offered"),
        ({"status": "cancelled", "cancelationReason": {"coding": [{"code": "pat"}]}}, "cancelled"),
        ({"status": "cancelled", "cancelationReason": {"coding": [{"code": "prov-pers"}]}}, "rejected"),
    ],
)
def test_store_reads_the_status_of_a_waiting_entry(change, status):
    resource = {"status": "waitlist", "requestedPeriod": [{"end": "2026-12-25"}], **change}

    fhir.store(MIS, [incoming("Appointment", resource, patient=PatientFactory())])

    assert WaitlistEntry.objects.get().status == status


@pytest.mark.parametrize("withdrawn", ["Appointment", "ServiceRequest"])
def test_store_marks_what_the_source_took_back(withdrawn):
    resource = {"status": "entered-in-error", "category": HOME_CALL, "participant": []}

    assert fhir.store(MIS, [incoming(withdrawn, resource, patient=PatientFactory())]) == {}

    model = Appointment if withdrawn == "Appointment" else HomeVisitRequest
    assert model.objects.get().is_withdrawn


def test_store_survives_an_appointment_with_almost_nothing():
    resource = {"status": "proposed", "participant": [{"status": "needs-action", "actor": {"display": "Phone call"}}]}

    assert fhir.store(MIS, [incoming("Appointment", resource, patient=PatientFactory())]) == {}

    row = Appointment.objects.get()
    assert (row.starts_at, row.practitioner_name, row.practitioner_role_id) == (None, "", None)


def test_store_cuts_long_text_and_drops_a_sentinel_date():
    resource = {
        **BOOKED,
        "specialty": [{"text": "я" * 5000}],
        "created": "1900-01-01",
        "slot": [{"reference": "Slot/7"}],
    }

    fhir.store(MIS, [incoming("Appointment", resource, patient=PatientFactory())])

    row = Appointment.objects.get()
    assert (row.specialty_name, row.requested_at, row.slot_id) == ("я" * 255, None, None)


def home_call(**change):
    return {
        "status": "active",
        "category": HOME_CALL,
        "extension": [{"url": "urn:medkarta:home-call-status", "valueCode": "assigned"}],
        "identifier": [{"value": "ВД-17"}],
        "authoredOn": "2026-11-25T07:10:00+03:00",
        "occurrencePeriod": {"start": "2026-11-26T09:00:00+03:00", "end": "2026-11-26T14:00:00+03:00"},
        "performerType": {"text": "Педиатр"},
        "performer": [
            {"reference": f"PractitionerRole/{ROLE}", "display": "Белов К. А."},
            {"reference": f"Organization/{CLINIC}", "display": "Поликлиника № 3"},
        ],
        "reasonCode": [{"text": "Температура 38,5"}],
        "note": [{"text": "Домофон 12"}],
        **change,
    }


def test_store_keeps_a_home_call():
    fhir.store(MIS, [incoming("ServiceRequest", home_call(), patient=PatientFactory())])

    row = HomeVisitRequest.objects.get()
    assert (row.status, row.number, row.complaint, row.comment) == (
        "assigned",
        "ВД-17",
        "Температура 38,5",
        "Домофон 12",
    )
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 11, 26, 6, 0, tzinfo=UTC),
        datetime(2026, 11, 26, 11, 0, tzinfo=UTC),
    )
    assert row.has_time
    assert row.has_end
    assert (row.practitioner_role_id, row.facility_id, row.facility_name) == (ROLE, CLINIC, "Поликлиника № 3")


@pytest.mark.parametrize(
    ("fhir_status", "code", "expected"),
    [
        ("active", None, "new"),
        ("completed", None, "done"),
        ("revoked", None, "cancelled"),
        ("revoked", "rejected", "rejected"),
        ("active", "no-such-code", "new"),
    ],
)
def test_store_reads_the_status_of_a_home_call(fhir_status, code, expected):
    extension = [{"url": "urn:medkarta:home-call-status", "valueCode": code}] if code else []
    resource = home_call(status=fhir_status, extension=extension)

    fhir.store(MIS, [incoming("ServiceRequest", resource, patient=PatientFactory())])

    row = HomeVisitRequest.objects.get()
    assert row.status == expected
    assert row.reason == ("Домофон 12" if expected in ("cancelled", "rejected") else "")


@pytest.mark.parametrize(
    ("text", "starts_at", "has_time"),
    [
        ("2026-11-26", datetime(2026, 11, 25, 21, 0, tzinfo=UTC), False),
        ("2026-11-26T13:00:00+03:00", datetime(2026, 11, 26, 10, 0, tzinfo=UTC), True),
    ],
)
def test_store_lets_a_home_call_without_an_end_last_until_the_day_ends(text, starts_at, has_time):
    resource = home_call(occurrenceDateTime=text)
    del resource["occurrencePeriod"]

    fhir.store(MIS, [incoming("ServiceRequest", resource, patient=PatientFactory())])

    row = HomeVisitRequest.objects.get()
    assert (row.starts_at, row.has_time) == (starts_at, has_time)
    assert (row.ends_at, row.has_end) == (datetime(2026, 11, 26, 21, 0, tzinfo=UTC), False)


def test_store_leaves_other_service_requests_and_drops_what_became_one():
    patient = PatientFactory()
    one = incoming("ServiceRequest", home_call(), patient=patient)
    fhir.store(MIS, [one])

    fhir.store(MIS, [incoming("ServiceRequest", {"status": "active"}, patient=patient, id=one.id)])

    assert not HomeVisitRequest.objects.exists()


def test_store_keeps_schedules_and_slots_without_a_patient():
    schedule = incoming(
        "Schedule",
        {
            "actor": [{"reference": f"PractitionerRole/{ROLE}"}, {"reference": f"Location/{PLACE}"}],
            "specialty": [
                {"coding": [{"system": "urn:oid:1.2.643.5.1.13.13.11.1066", "code": "49", "display": "Терапия"}]}
            ],
            "planningHorizon": {"start": "2026-11-25", "end": "2026-12-09"},
        },
    )
    slot = incoming(
        "Slot",
        {
            "schedule": {"reference": f"Schedule/{schedule.id}"},
            "status": "free",
            "start": "2026-11-26T08:40:00+03:00",
            "end": "2026-11-26T08:55:00+03:00",
            "extension": [{"url": "urn:medkarta:booking-right", "valueCode": "Internet"}],
        },
    )

    assert fhir.store(MIS, [schedule, slot]) == {}

    kept, time = Schedule.objects.get(), Slot.objects.get()
    assert (kept.practitioner_role_id, kept.location_id, kept.specialty_code) == (ROLE, PLACE, "49")
    assert kept.planned_until == datetime(2026, 12, 9, 21, 0, tzinfo=UTC)
    assert (time.schedule_id, time.status, time.rights) == (schedule.id, "free", ["Internet"])


def test_store_refuses_an_appointment_of_nobody_and_a_slot_without_a_time():
    lost = incoming("Appointment", BOOKED)
    timeless = incoming("Slot", {"status": "free", "start": "1900-01-01T00:00:00Z", "end": "2026-11-26T08:55:00Z"})

    refused = fhir.store(MIS, [lost, timeless])

    assert set(refused) == {lost.id, timeless.id}
    assert not Appointment.objects.exists()


def test_store_takes_the_length_for_an_absent_end_and_keeps_an_open_wish_open():
    patient = PatientFactory()
    short = {**BOOKED, "minutesDuration": 20}
    del short["end"]
    wish = {"status": "waitlist", "requestedPeriod": [{"start": "2026-11-25", "end": "1900-01-01"}]}

    fhir.store(MIS, [incoming("Appointment", short, patient=patient), incoming("Appointment", wish, patient=patient)])

    assert Appointment.objects.get().ends_at == datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
    assert WaitlistEntry.objects.get().not_after is None


def test_store_keeps_a_home_call_of_an_unknown_day():
    resource = home_call(occurrencePeriod={"end": "2026-11-26"})

    fhir.store(MIS, [incoming("ServiceRequest", resource, patient=PatientFactory())])

    assert HomeVisitRequest.objects.get().starts_at is None
