"""«Почему нет записи»: what is said, and what is not."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
import time_machine

from medkarta.core.scopes import Restricted
from medkarta.patients.tests.factories import NOW, PatientFactory, PersonFactory, scope_of
from medkarta.scheduling import grants, refusals, why_words
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.models import Absence, BookingSetting
from medkarta.scheduling.queries import days, finding, slots, why
from medkarta.scheduling.tests.factories import AppointmentFactory
from medkarta.scheduling.tests.factories_finding import (
    BY_REFERRAL,
    CARDIOLOGIST,
    DENTIST,
    OPHTHALMOLOGIST,
    PAEDIATRICIAN,
    THERAPIST,
    clinic,
    days_ahead,
    doctor,
    room,
    times,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def explained(patient, wish, **scope):
    """Return what the page of a wish says: the facts and the words."""
    at = scope_of(patient, **scope)
    seeker = finding.seeker_of(at, wish, now=NOW)
    posts = finding.posts_of(seeker, wish)
    is_one = len({one.facility_id for one in posts}) == 1
    rows = days.list_days(seeker, posts, first=TODAY, count=14) if is_one else None
    facts = why.explain(
        seeker, wish, posts, rows, live=slots.live_of(seeker.client.patient_ids, shows_restricted=True, now=NOW)
    )
    return why_words.tell(at, seeker, wish, posts, facts)


def codes(told):
    return [one.code for one in told.why.rules]


def patient_of(place=None, **person):
    return PatientFactory(
        person=PersonFactory(**person), **({"registered_facility_id": place.pk} if place is not None else {})
    )


def test_explain_a_doctor_who_is_taken_says_so_and_offers_the_list():
    home = clinic()
    times(doctor(home), days_ahead(1), status="busy")

    told = explained(patient_of(home), Wish(specialty=OPHTHALMOLOGIST, facility=home.pk))

    assert told.headline.replace("\u00a0", " ") == "Все места на 14 дней вперёд разобраны"
    assert told.waitlist_href == f"/p/key/appointments/waitlist/new/?specialty=34&facility={home.pk}"
    assert codes(told) == []
    assert told.why.is_attached


def test_explain_names_the_exact_moment_when_times_open():
    home = clinic()
    times(doctor(home), days_ahead(10), opens_at=days_ahead(0.5))
    times(doctor(home), days_ahead(10), opens_at=days_ahead(0.75))

    told = explained(patient_of(home), Wish(specialty=OPHTHALMOLOGIST, facility=home.pk))

    assert told.why.opens_at == days_ahead(0.5)


def test_explain_tells_of_times_that_only_others_give():
    home = clinic()
    times(doctor(home), days_ahead(1), rights_mask=BY_REFERRAL)

    told = explained(patient_of(home), Wish(specialty=OPHTHALMOLOGIST, facility=home.pk))

    assert told.why.state == why.OTHER_CHANNELS
    assert told.why.has_other_channels


@pytest.mark.parametrize(
    ("values", "state"),
    [({"is_active": False, "comment": "Расписание не составлено"}, why.NO_SCHEDULE), ({}, why.NO_RECEPTION)],
)
def test_explain_a_doctor_without_times_gives_the_clinics_own_words(values, state):
    home = clinic()
    doctor(home, **values)

    told = explained(patient_of(home), Wish(specialty=OPHTHALMOLOGIST, facility=home.pk))

    assert told.why.state == state
    assert [one.comment for one in told.why.missing] == ([values["comment"]] if values else [])


@pytest.mark.parametrize(("ends", "withdrawn", "is_told"), [(5, None, True), (0, None, False), (5, NOW, False)])
def test_explain_an_absent_doctor_says_until_when_and_not_why(ends, withdrawn, is_told):
    home = clinic()
    schedule = doctor(home)
    Absence.objects.create(
        schedule=schedule, starts_at=days_ahead(-3), ends_at=days_ahead(ends), reason="sick", created_at=NOW,
        withdrawn_at=withdrawn,
    )  # fmt: skip

    told = explained(patient_of(home), Wish(specialty=OPHTHALMOLOGIST, facility=home.pk))

    assert [(one.comment, one.until) for one in told.why.missing] == ([("", date(2026, 11, 30))] if is_told else [])


def test_explain_lists_other_clinics_with_their_nearest_times_and_not_this_one():
    home, near, far = clinic(), clinic("Близкая", latitude=56.0), clinic("Дальняя", latitude=57.0)
    for place, taken in ((home, "busy"), (near, "free"), (far, "free")):
        times(doctor(place, DENTIST), days_ahead(2), status=taken)
    times(doctor(clinic("Пустая"), DENTIST), days_ahead(2), status="busy")

    told = explained(patient_of(home), Wish(specialty=DENTIST, facility=home.pk))

    assert [(one.clinic.name, one.nearest) for one in told.why.others] == [
        ("Близкая", days_ahead(2)),
        ("Дальняя", days_ahead(2)),
    ]


def test_explain_names_every_rule_in_the_way_with_what_lifts_it():
    home, other = clinic("Своя"), clinic("Чужая")
    doctor(other, CARDIOLOGIST)
    therapist = doctor(home, THERAPIST)

    told = explained(patient_of(home), Wish(specialty=CARDIOLOGIST, facility=other.pk))

    assert codes(told) == ["NO_ATTACHMENT", "NEEDS_REFERRAL"]
    assert told.headline == "Записаться сюда самостоятельно нельзя"
    assert [one.href for one in told.rules] == [
        "/p/key/my-facilities/",
        f"/p/key/appointments/book/times/?specialty=49&facility={therapist.practitioner_role.facility_id}",
    ]
    assert told.rules[0].title == refusals.TEXTS["NO_ATTACHMENT"]
    assert told.waitlist_href == ""
    assert told.late == ""


def test_explain_sends_a_child_to_the_paediatrician_and_to_the_right_clinics():
    home = clinic(serves_children=True, serves_adults=False)
    doctor(home, PAEDIATRICIAN)
    adults = clinic("Взрослая")
    doctor(adults, CARDIOLOGIST)
    doctor(home, CARDIOLOGIST)
    child = patient_of(None, birth_date=date(2019, 9, 3))

    told = explained(child, Wish(specialty=CARDIOLOGIST, facility=adults.pk))

    assert codes(told) == ["NEEDS_REFERRAL", "APPOINT_TIME_AVAILABLE_PATIENT_OTHER_AGE"]
    assert told.rules[0].action == "Записаться к педиатру"
    assert told.rules[0].href == "/p/key/appointments/book/clinics/?specialty=27"
    assert told.rules[1].href == "/p/key/appointments/book/clinics/?specialty=23"


@pytest.mark.parametrize(
    ("code", "person", "found"),
    [("2", {"gender": "male"}, ["OTHER_SEX"]), ("41", {}, ["PROVE_YOURSELF"]), ("2", {}, [])],
)
def test_explain_the_persons_own_rules(code, person, found):
    home = clinic()
    doctor(home, code)

    wish = Wish(specialty=code, facility=home.pk)

    told = explained(patient_of(home, **person), wish, restricted=Restricted.LOCKED)

    assert codes(told) == found
    if code == "41":
        assert [one.href for one in explained(patient_of(home), wish).rules] == ["tel:122"]
        assert told.rules[0].href.startswith("/login?again=1&next=%2Fp%2Fkey")
        assert codes(explained(patient_of(home), Wish(specialty=code), restricted=Restricted.SHOWN)) == []


def test_explain_an_existing_booking_offers_to_move_it():
    home = clinic()
    schedule = doctor(home)
    slot = times(schedule, days_ahead(1))[0]
    patient = patient_of(home)
    booked = AppointmentFactory(
        patient=patient, slot=slot, starts_at=slot.starts_at, exclusive_position=OPHTHALMOLOGIST
    )
    wish = Wish(specialty=OPHTHALMOLOGIST, facility=home.pk)

    told = explained(patient, wish)
    moving = explained(patient, wish.but(move=booked.pk))

    assert codes(told) == ["APPOINT_PATIENT_REGISTERED_SPECIALIST"]
    assert told.rules[0].href == wish.but(move=booked.pk).url(scope_of(patient), "times/")
    assert "26 ноября" in told.rules[0].text.replace("\u00a0", " ")
    assert codes(moving) == []


def test_explain_too_many_bookings_leads_to_them():
    home, patient = clinic(), PatientFactory()
    doctor(home)
    for number in range(5):
        AppointmentFactory(patient=patient, starts_at=days_ahead(number + 1))

    told = explained(patient, Wish(specialty=OPHTHALMOLOGIST))

    assert codes(told) == ["TOO_MANY_ACTIVE"]
    assert told.rules[0].href == "/p/key/appointments/?state=ahead"


@pytest.mark.parametrize(("at", "is_told"), [(20.49, False), (20.51, True)])
def test_explain_a_term_that_is_exceeded_on_both_sides(at, is_told):
    """14 working days from 25 November end with 15 December; 12:00 there is 20 days from now."""
    home, other = clinic(), clinic("Соседняя")
    times(doctor(home, "2"), days_ahead(1), status="busy")
    times(doctor(other, "2"), days_ahead(at))

    told = explained(patient_of(home), Wish(specialty="2", facility=home.pk))

    assert bool(told.late) is is_told
    if is_told:
        words = told.late.replace("\u00a0", " ")
        assert "не позже 14 рабочих дней" in words
        assert "№ 2188 от 29.12.2025" in words
        assert "истекает вт, 15 декабря" in words


def test_explain_a_term_counts_only_clinics_where_one_may_be_booked():
    home, other = clinic(), clinic("Соседняя")
    times(doctor(home), days_ahead(1), status="busy")
    times(doctor(other), days_ahead(2))

    told = explained(patient_of(home), Wish(specialty=OPHTHALMOLOGIST, facility=home.pk))

    assert "истекает" in told.late
    assert [one.code for one in told.why.others] == ["NO_ATTACHMENT"]


def test_explain_where_the_list_is_off_offers_none():
    home = clinic()
    doctor(home)
    BookingSetting.objects.create(name="waitlist_enabled", value=False, valid_from=NOW, created_at=NOW)

    assert explained(patient_of(home), Wish(specialty=OPHTHALMOLOGIST)).waitlist_href == ""


def test_explain_nothing_at_all():
    told = explained(patient_of(clinic()), Wish(specialty="nobody"))

    assert told.why.state == why.NOBODY
    assert told.why.others == ()


def test_waitlist_href_carries_the_grant_and_asks_for_a_swap_when_moving():
    patient, ref, old = PatientFactory(), uuid4(), uuid4()
    wish = Wish(specialty="34", grant_kind="referral", grant_ref=ref, move=old, day=TODAY, slot=uuid4())

    href = why_words.waitlist_href(scope_of(patient), wish, [])

    assert href == f"/p/key/appointments/waitlist/new/?specialty=34&grant=referral%3A{ref}&swap={old}"


def test_explain_with_a_grant_looks_for_what_the_grant_opens():
    here, there = clinic(), clinic("Соседняя", latitude=56.0)
    own, other = (room(one) for one in (here, there))
    times(other, days_ahead(3), rights_mask=BY_REFERRAL)
    grant = grants.BookingGrant("probe", uuid4(), "УЗИ", location_ids=(own.location_id, other.location_id))
    grants.register("probe", list_open=list, recheck=lambda *_, now: grant, on_change=lambda *_, now: None)
    try:
        told = explained(patient_of(here), Wish(grant_kind="probe", grant_ref=grant.source_ref, facility=here.pk))
    finally:
        grants._KINDS.pop("probe")

    assert [one.clinic.name for one in told.why.others] == ["Соседняя"]
    assert told.allowed == "Направление действует: дело только в свободном времени."


def test_explain_where_one_may_only_look_says_whom_to_call():
    home, patient = clinic(), PatientFactory()
    doctor(home)
    scope = replace(scope_of(patient), may_act=False)
    seeker = finding.seeker_of(scope, Wish(facility=home.pk), now=NOW)
    found = finding.posts_of(seeker, Wish(facility=home.pk))

    told = why_words.tell(scope, seeker, Wish(), found, why.explain(seeker, Wish(), found, None))

    assert codes(told) == ["MAY_NOT_ACT"]
    assert told.rules[0].href == "tel:122"


def test_explain_a_day_that_has_times_says_so():
    home = clinic()
    times(doctor(home), days_ahead(1))

    assert explained(patient_of(home), Wish(specialty=OPHTHALMOLOGIST, facility=home.pk)).why.state == why.HAS_TIME


def test_explain_what_has_no_position_looks_nowhere_else():
    home = clinic()
    schedule = doctor(home, "")
    schedule.practitioner_role.specialty_name = ""
    schedule.practitioner_role.save()

    assert explained(patient_of(home), Wish(role=schedule.practitioner_role_id)).why.others == ()


def test_explain_a_position_of_several_clinics_without_times():
    for name in ("Первая", "Вторая"):
        times(doctor(clinic(name), DENTIST), days_ahead(1), status="busy")

    told = explained(PatientFactory(), Wish(specialty=DENTIST))

    assert told.headline == "Свободного времени сейчас нет"
    assert told.why.opens_at is None
