"""Days and times of chosen doctors, and finding a doctor by name."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.queries import days, finding, search
from medkarta.scheduling.tests.factories_finding import (
    BY_REFERRAL,
    DENTIST,
    OPHTHALMOLOGIST,
    clinic,
    days_ahead,
    doctor,
    times,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


def seeker(patient=None):
    return finding.seeker_of(scope_of(patient or PatientFactory()), Wish(), now=NOW)


MADE = {
    "free": ({}, True),
    "taken": ({"appointment": uuid4()}, False),
    "busy": ({"status": "busy"}, False),
    "blocked": ({"blocked_by": uuid4()}, False),
    "held by another": ({"held_by": uuid4(), "held_until": NOW + timedelta(minutes=1)}, False),
    "hold is over": ({"held_by": uuid4(), "held_until": NOW}, True),
    "opens later": ({"opens_at": NOW + timedelta(seconds=1)}, False),
    "opens now": ({"opens_at": NOW}, True),
    "for the desk": ({"rights_mask": BY_REFERRAL}, False),
    "too soon": ({"starts_at": NOW + timedelta(minutes=14)}, False),
    "just in time": ({"starts_at": NOW + timedelta(minutes=15)}, True),
}


@pytest.mark.parametrize("name", MADE)
def test_days_count_what_can_be_taken_and_times_show_it(name):
    values, is_free = MADE[name]
    schedule = doctor(clinic())
    times(schedule, values.get("starts_at", days_ahead(0.2)), **{k: v for k, v in values.items() if k != "starts_at"})
    found = seeker()
    posts = finding.posts_of(found, Wish(specialty=OPHTHALMOLOGIST))

    rows = days.list_days(found, posts, first=TODAY, count=14)

    assert rows.rows[0].free == is_free
    assert len(days.list_times(found, posts, TODAY)) == is_free
    assert (finding.free_times(found).count() == 1) is is_free


def test_list_days_says_what_a_day_without_free_times_is():
    schedule = doctor(clinic())
    times(schedule, days_ahead(1), status="busy")
    times(schedule, days_ahead(2), status="busy-unavailable")
    times(schedule, days_ahead(3), rights_mask=BY_REFERRAL)
    times(schedule, days_ahead(4), opens_at=days_ahead(1))
    times(schedule, days_ahead(20))
    found = seeker()

    rows = days.list_days(found, finding.posts_of(found, Wish(specialty=OPHTHALMOLOGIST)), first=TODAY, count=14)

    taken, away, desk, later = rows.rows[1:5]
    assert (taken.works, taken.free) == (1, 0)
    assert away.works == 0
    assert desk.others == 1
    assert later.opens_at == rows.opens_at == days_ahead(1)
    assert not rows.has_free
    assert rows.later


def test_days_are_those_of_the_clinic_and_not_of_the_portal():
    place = clinic(timezone="Asia/Kamchatka")
    schedule = doctor(place)
    times(schedule, NOW.replace(hour=13))  # 26 November there, still the 25th in Moscow
    found = seeker()
    posts = finding.posts_of(found, Wish(facility=place.pk))

    rows = days.list_days(found, posts, first=TODAY, count=14)

    assert [one.free for one in rows.rows[:3]] == [0, 1, 0]
    assert len(days.list_times(found, posts, date(2026, 11, 26))) == 1


def test_open_day_is_the_wished_one_while_it_has_times():
    schedule = doctor(clinic())
    times(schedule, days_ahead(2), days_ahead(3))
    found = seeker()
    rows = days.list_days(found, finding.posts_of(found, Wish(specialty=OPHTHALMOLOGIST)), first=TODAY, count=14)

    assert rows.open_day(date(2026, 11, 28)) == date(2026, 11, 28)
    assert rows.open_day(date(2026, 11, 26)) == date(2026, 11, 27)
    assert rows.open_day(None) == date(2026, 11, 27)


@pytest.mark.parametrize(
    "text", ["Ёлкина", "елкина", "ёлкена", "Йолкина", "елк", "Наталья Ёлкина", "офтальмолог ёлкина"]
)
def test_find_doctors_forgives(text):
    doctor(clinic(), name="Ёлкина Наталья Петровна")
    doctor(clinic(), name="Соколов Пётр Ильич")

    assert [one.doctor for one in search.find_doctors(seeker(), text)] == ["Ёлкина Наталья Петровна"]


@pytest.mark.parametrize("text", ["Зуев", "%", "е", "", "x" * 100])
def test_find_doctors_of_nothing_is_nobody(text):
    doctor(clinic(), name="Ёлкина Наталья Петровна")

    assert search.find_doctors(seeker(), text) == []


def test_find_doctors_lists_the_own_clinic_first_and_nobody_twice():
    home = clinic("Своя")
    doctor(clinic("Чужая"), DENTIST, name="Иванова Анна Львовна")
    own = doctor(home, DENTIST, name="Иванова Вера Львовна")
    own.pk = uuid4()
    own.save(force_insert=True)
    found = search.find_doctors(seeker(PatientFactory(registered_facility_id=home.pk)), "Иванова")

    assert [one.doctor for one in found] == ["Иванова Вера Львовна", "Иванова Анна Львовна"]


def test_list_days_looks_beyond_its_window_for_what_opens_next():
    times(doctor(clinic()), days_ahead(15), opens_at=days_ahead(1))
    found = seeker()

    rows = days.list_days(found, finding.posts_of(found, Wish(specialty=OPHTHALMOLOGIST)), first=TODAY, count=14)

    assert rows.opens_at == days_ahead(1)
    assert not rows.later


def test_find_doctors_gives_no_more_than_a_page():
    place = clinic()
    for number in range(search.FOUND_AT_MOST + 1):
        doctor(place, name=f"Иванова Анна Львовна {number}")

    assert len(search.find_doctors(seeker(), "иванова")) == search.FOUND_AT_MOST
