"""A referral opens times: which, until when, and once."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine

from medkarta.core.errors import NotFound
from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.patients.tests.factories import NOW, AccountFactory, PatientFactory, scope_of
from medkarta.referrals import actions, fhir, queries, rules, views
from medkarta.referrals.models import Referral
from medkarta.referrals.tests.factories import ReferralFactory
from medkarta.scheduling import grants, refusals
from medkarta.scheduling.actions import booking, holds, releasing
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.tests.factories_finding import (
    BY_REFERRAL,
    CARDIOLOGIST,
    OPHTHALMOLOGIST,
    clinic,
    days_ahead,
    doctor,
    room,
    times,
)
from medkarta.scheduling.views import finding

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


@pytest.fixture
def place():
    return clinic()


def referred(place, patient=None, **values):
    """Return a referral to a cardiologist of a clinic."""
    given = {"category": "consultation", "specialty_code": CARDIOLOGIST, "what": "Консультация кардиолога"}
    return ReferralFactory(patient=patient or PatientFactory(), facility_id=place.pk, **(given | values))


def person_of(referral):
    return referral.patient.person_id


def someone(referral):
    return scope_of(referral.patient, account=AccountFactory())


def order(slot, referral, **values):
    return Order(slot_id=slot.pk, key=uuid4(), grant_kind="referral", grant_ref=referral.pk, **values)


def test_list_open_gives_a_consultation_as_a_grant(place):
    referral = referred(place, instructions="Возьмите выписку", valid_until=date(2026, 12, 1))

    (grant,) = queries.list_open(scope_of(referral.patient), now=NOW)

    assert grant == grants.BookingGrant(
        kind="referral", source_ref=referral.pk, title="Консультация кардиолога", positions=(CARDIOLOGIST,),
        facility_ids=(place.pk,), not_after=date(2026, 12, 1), instructions="Возьмите выписку",
    )  # fmt: skip


@pytest.mark.parametrize("is_named", [True, False])
def test_list_open_gives_a_study_as_its_room(place, is_named):
    own, _other = room(place, "УЗИ брюшной полости"), room(place, "Рентген")
    room(clinic("Чужая"), "УЗИ брюшной полости")
    what = "Исследование" if is_named else "узи  брюшной полости"
    values = {"location_id": own.location_id} if is_named else {}
    patient = PatientFactory()
    ReferralFactory(patient=patient, facility_id=place.pk, what=what, **values)

    (grant,) = queries.list_open(scope_of(patient), now=NOW)

    assert grant.location_ids == (own.location_id,)
    assert grant.positions == ()


@pytest.mark.parametrize(
    "values",
    [
        {"status": "draft"},
        {"status": "on-hold"},
        {"status": "completed"},
        {"status": "revoked"},
        {"booked_appointment": uuid4()},
        {"valid_until": date(2026, 11, 24)},
        {"valid_from": date(2026, 11, 26)},
        {"specialty_code": ""},
        {"is_withdrawn": True},
        {"is_restricted": True},
        {"category": "hospitalization", "hospitalization_status": "agreed"},
    ],
)
def test_list_open_leaves_out_what_opens_nothing(place, values):
    referral = referred(place, **values)

    assert queries.list_open(scope_of(referral.patient), now=NOW) == []


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        (datetime(2026, 11, 25, 11, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 25, 12, 0, tzinfo=UTC), False),
    ],
)
def test_list_open_ends_with_the_last_day_at_the_clinic(now, is_open):
    place = clinic(timezone="Asia/Kamchatka")
    referral = referred(place, valid_until=TODAY)

    assert bool(queries.list_open(scope_of(referral.patient), now=now)) is is_open


def test_list_open_costs_one_statement(place, django_assert_num_queries):
    referral = referred(place)
    scope = scope_of(referral.patient)

    with django_assert_num_queries(1):
        queries.list_open(scope, now=NOW)

    assert scope.reads.by_kind == {"ServiceRequest": [str(referral.pk)]}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"valid_until": date(2026, 11, 24)}, "REFERRAL_PERIOD_HAS_EXPIRED"),
        ({"valid_from": date(2026, 11, 26)}, "GRANT_DOES_NOT_FIT"),
        ({"status": "revoked"}, "GRANT_DOES_NOT_FIT"),
        ({"specialty_code": ""}, "GRANT_DOES_NOT_FIT"),
    ],
)
def test_recheck_says_what_is_wrong(place, values, code):
    referral = referred(place, **values)

    with pytest.raises(refusals.BookingRefused) as caught:
        queries.recheck(person_of(referral), referral.pk, now=NOW)

    assert caught.value.code == code


def test_recheck_of_another_persons_looks_missing(place):
    referral = referred(place)

    for person, ref in ((PatientFactory().person_id, referral.pk), (person_of(referral), uuid4())):
        with pytest.raises(NotFound):
            queries.recheck(person, ref, now=NOW)


def test_booking_by_a_referral_uses_it_up_and_cancelling_gives_it_back(place):
    first, second = times(doctor(place, CARDIOLOGIST), days_ahead(1), days_ahead(2), rights_mask=BY_REFERRAL)
    referral = referred(place)
    scope = someone(referral)

    booked = booking.book(scope, order(first, referral), now=NOW)

    referral.refresh_from_db()
    assert referral.booked_appointment == booked.pk
    with pytest.raises(refusals.BookingRefused) as caught:
        booking.book(scope, order(second, referral), now=NOW)
    assert (caught.value.code, caught.value.appointment_id) == ("REFERRAL_USED", booked.pk)

    releasing.cancel(scope, appointment_id=booked.pk, now=NOW)

    referral.refresh_from_db()
    assert referral.booked_appointment is None
    assert booking.book(scope, order(second, referral), now=NOW).slot_id == second.pk


def test_moving_a_booking_by_a_referral_keeps_the_referral(place):
    first, second = times(doctor(place, CARDIOLOGIST), days_ahead(1), days_ahead(2), rights_mask=BY_REFERRAL)
    referral = referred(place)
    scope = someone(referral)
    booked = booking.book(scope, order(first, referral), now=NOW)

    holds.hold(scope, order=order(second, referral, move_of=booked.pk), now=NOW)
    moved = booking.book(scope, order(second, referral, move_of=booked.pk), now=NOW)

    referral.refresh_from_db()
    assert referral.booked_appointment == moved.pk


def test_booking_by_a_referral_keeps_to_whom_it_is_for_and_until_when(place):
    eye = times(doctor(place, OPHTHALMOLOGIST), days_ahead(1))[0]
    elsewhere = times(doctor(clinic("Чужая"), CARDIOLOGIST), days_ahead(1), rights_mask=BY_REFERRAL)[0]
    last, late = times(doctor(place, CARDIOLOGIST), days_ahead(1), days_ahead(2), rights_mask=BY_REFERRAL)
    referral = referred(place, valid_until=date(2026, 11, 26))
    scope = someone(referral)

    for slot in (eye, elsewhere, late):
        with pytest.raises(refusals.BookingRefused, match="BookingRefused") as caught:
            booking.book(scope, order(slot, referral), now=NOW)
        assert caught.value.code == "GRANT_DOES_NOT_FIT"

    assert booking.book(scope, order(last, referral), now=NOW)


def test_booking_a_study_takes_a_time_of_its_room(place):
    schedule = room(place)
    slot = times(schedule, days_ahead(1), rights_mask=BY_REFERRAL)[0]
    referral = ReferralFactory(facility_id=place.pk, what="УЗИ брюшной полости")

    booked = booking.book(someone(referral), order(slot, referral), now=NOW)

    assert booked.location_id == schedule.location_id


def test_note_booking_does_not_free_what_another_appointment_has(place):
    referral, live = referred(place), uuid4()
    actions.note_booking(referral.pk, live, True, now=NOW)

    actions.note_booking(referral.pk, uuid4(), False, now=NOW)

    assert Referral.objects.get().booked_appointment == live


def test_an_import_keeps_what_was_booked_and_reads_the_specialty(place):
    referral, live = referred(place), uuid4()
    actions.note_booking(referral.pk, live, True, now=NOW)
    code = {"coding": [{"system": "urn:oid:1.2.643.5.1.13.13.11.1066", "code": "29"}]}
    resource = {
        "resourceType": "ServiceRequest", "status": "active", "intent": "order",
        "category": [{"coding": [{"system": "urn:medkarta:request-category", "code": "consultation"}]}],
    }  # fmt: skip
    for more in ({"performerType": code}, {"code": code}):
        one = Incoming(referral.pk, "ServiceRequest", "1", resource | more, referral.patient_id, False, False, NOW)
        fhir.store(SystemScope.of("mis"), [one])

        row = Referral.objects.get()
        assert (row.booked_appointment, row.specialty_code) == (live, "29")


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "is_open"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (TODAY + timedelta(days=1), None, False),
        (None, TODAY - timedelta(days=1), False),
    ],
)
def test_can_book_on_both_sides_of_the_term(valid_from, valid_until, is_open):
    term = {"valid_from": valid_from, "valid_until": valid_until, "today": TODAY}

    assert rules.can_book(category="study", status="active", **term) is is_open
    assert not rules.can_book(category="hospitalization", status="active", **term)


@pytest.mark.parametrize(
    ("reason", "is_urgent"),
    [
        ("Подозрение на новообразование (C50.9)", True),
        ("подозрение на ИБС (I25.1)", True),
        ("Подозрение на рак in situ (D05.1)", True),
        ("Гипертензия (I10)", False),
        ("Подозрение на гастрит (K29.5)", False),
        ("Подозрение (D10.0)", False),
        ("", False),
    ],
)
def test_is_urgent_goes_by_the_senders_own_words_and_codes(reason, is_urgent):
    assert rules.is_urgent(reason) is is_urgent


def test_pages_lead_to_booking_only_where_a_referral_opens_something(rf, place):
    patient = PatientFactory()
    doctor(place, CARDIOLOGIST)
    bookable = referred(place, patient)
    used = referred(place, patient, booked_appointment=uuid4(), what="Другая консультация")
    request = rf.get("/p/key/referrals/")
    request.scope, request.htmx, request._messages = scope_of(patient), SimpleNamespace(), []

    with time_machine.travel(NOW, tick=False):
        listed = views.list_referrals(request).content.decode()
        detail = views.show_referral(request, bookable.pk).content.decode()
        other = views.show_referral(request, used.pk).content.decode()

    href = f"/p/key/appointments/book/times/?grant=referral%3A{bookable.pk}"
    assert listed.count("/appointments/book/times/") == 1
    assert href in listed
    assert href in detail
    assert "/appointments/book/" not in other
    assert f"/p/key/appointments/{used.booked_appointment}/" in other


def test_why_leads_to_the_referral_that_is_there_already(rf, place):
    doctor(place, CARDIOLOGIST)
    referral = referred(place)
    request = rf.get("/p/key/appointments/book/why/?specialty=23")
    request.scope, request.htmx, request._messages = scope_of(referral.patient), SimpleNamespace(), []

    with time_machine.travel(NOW, tick=False):
        text = finding.explain(request).content.decode()

    assert f"/p/key/appointments/book/times/?grant=referral%3A{referral.pk}" in text
    assert "Записаться по вашему направлению" in text
