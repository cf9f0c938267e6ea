"""Who may be booked where, and how soon."""

from datetime import date
from uuid import uuid4

import pytest
from django.http import QueryDict

from medkarta.core.errors import NotFound
from medkarta.patients.tests.factories import NOW, PatientFactory, PersonFactory, scope_of
from medkarta.scheduling import grants
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.models import BookingSetting, Slot
from medkarta.scheduling.queries import choices, days, finding, posts
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


def seeker(patient=None, wish=None):
    patient = patient or PatientFactory()
    return finding.seeker_of(scope_of(patient), wish or Wish(), now=NOW)


@pytest.fixture
def grant():
    """Return a function that opens some posts by a grant of a kind of its own."""

    def give(**values):
        found = grants.BookingGrant("probe", uuid4(), "Консультация", **values)
        grants.register("probe", list_open=list, recheck=lambda *_, now: found, on_change=lambda *_, now: None)
        return Wish(grant_kind="probe", grant_ref=found.source_ref)

    yield give
    grants._KINDS.pop("probe", None)


def titles(rows):
    return [one.title for one in rows]


def test_list_positions_parts_what_one_books_himself_from_what_needs_a_referral():
    home = clinic()
    for code in (OPHTHALMOLOGIST, CARDIOLOGIST):
        doctor(home, code)
    room(home)

    own, by_referral = choices.list_positions(seeker(PatientFactory(registered_facility_id=home.pk)))

    assert titles(own) == ["Офтальмолог"]
    assert titles(by_referral) == ["Кардиолог"]
    assert own[0].home_id == home.pk


def test_list_positions_leaves_out_what_is_for_another_age():
    home = clinic(serves_children=True, serves_adults=False)
    doctor(home, PAEDIATRICIAN)
    doctor(clinic("Взрослая"), THERAPIST)
    child = PatientFactory(person=PersonFactory(birth_date=date(2019, 9, 3)), registered_facility_id=home.pk)

    assert titles(choices.list_positions(seeker(child))[0]) == ["Педиатр"]
    assert titles(choices.list_positions(seeker())[0]) == ["Терапевт участковый"]


@pytest.mark.parametrize(("born", "seen"), [(date(2008, 11, 26), False), (date(2008, 11, 25), True)])
def test_list_positions_follows_the_birthday(born, seen):
    doctor(clinic(), THERAPIST)
    patient = PatientFactory(person=PersonFactory(birth_date=born))

    assert bool(choices.list_positions(seeker(patient))[0]) is seen


def test_list_positions_says_when_attachment_is_needed():
    home, other = clinic(), clinic("Чужая")
    doctor(other)
    doctor(other, DENTIST)

    own, _others = choices.list_positions(seeker(PatientFactory(registered_facility_id=home.pk)))

    assert [(one.title, one.code, one.home_id) for one in own] == [
        ("Офтальмолог", "NO_ATTACHMENT", None),
        ("Стоматолог", "", None),
    ]


def test_list_positions_heeds_a_number_of_one_clinic():
    home, other = clinic(), clinic("Чужая")
    doctor(other)
    BookingSetting.objects.create(
        name="require_attachment", facility=other, value=False, valid_from=NOW, created_at=NOW
    )

    own, _others = choices.list_positions(seeker(PatientFactory(registered_facility_id=home.pk)))

    assert own[0].code == ""


def test_positions_without_codes_go_by_their_names():
    place = clinic()
    for name in ("Мануальный терапевт", "мануальный  терапевт"):
        schedule = doctor(place, "", name="Без Кода Иванович")
        schedule.practitioner_role.specialty_name = name
        schedule.practitioner_role.save()
        times(schedule, days_ahead(1))

    own, _others = choices.list_positions(seeker())

    assert len(own) == 1
    assert own[0].key.startswith("n-")
    found = finding.posts_of(seeker(), Wish(specialty=own[0].key))
    assert len(found) == 2
    assert finding.get_nearest(seeker(), found)[0] == days_ahead(1)


def test_list_last_gives_the_doctors_of_last_time_with_their_nearest_times():
    patient = PatientFactory()
    first, second, hidden = (doctor(clinic(), name=name) for name in ("Первая А А", "Вторая Б Б", "Тайная В В"))
    times(first, days_ahead(3), days_ahead(2))
    for schedule, ago, values in (
        (first, 9, {}),
        (first, 40, {}),
        (second, 3, {}),
        (hidden, 1, {"is_restricted": True}),
    ):
        AppointmentFactory(
            patient=patient, practitioner_role=schedule.practitioner_role, starts_at=days_ahead(-ago),
            status="fulfilled", **values,
        )  # fmt: skip
    AppointmentFactory(patient=patient, practitioner_role=hidden.practitioner_role, status="cancelled")

    found = choices.list_last(scope_of(patient), seeker(patient))

    assert [(one.post.doctor, one.nearest) for one in found] == [("Вторая Б Б", None), ("Первая А А", days_ahead(2))]


def test_list_last_leaves_out_who_may_not_be_booked():
    home, patient = clinic(), PatientFactory()
    row = doctor(home, CARDIOLOGIST)
    AppointmentFactory(patient=patient, practitioner_role=row.practitioner_role, status="fulfilled")

    assert choices.list_last(scope_of(patient), seeker(patient)) == []


def test_list_last_leaves_out_a_position_that_is_booked_already():
    patient, row = PatientFactory(), doctor(clinic())
    role = row.practitioner_role
    AppointmentFactory(patient=patient, practitioner_role=role, starts_at=days_ahead(-9), status="fulfilled")
    assert len(choices.list_last(scope_of(patient), seeker(patient))) == 1

    AppointmentFactory(patient=patient, practitioner_role=role, starts_at=days_ahead(2))

    assert choices.list_last(scope_of(patient), seeker(patient)) == []


def test_list_clinics_puts_the_own_one_first_and_then_goes_by_distance():
    far, near, home = (clinic(name, latitude=at) for name, at in (("Дальняя", 56.9), ("Близкая", 56.0), ("Своя", 55.9)))
    for place in (far, near, home):
        times(doctor(place, DENTIST), days_ahead(1))
    patient = PatientFactory(registered_facility_id=home.pk)

    total, found = finding.list_clinics(seeker(patient), Wish(specialty=DENTIST))

    assert total == 3
    assert [one.clinic.name for one in found] == ["Своя", "Близкая", "Дальняя"]
    assert found[0].is_home
    assert [round(one.km) for one in found] == [0, 11, 111]
    assert found[1].nearest == days_ahead(1)


def test_list_clinics_puts_those_where_one_may_not_book_last():
    home, other = clinic("Своя", latitude=57.0), clinic("Чужая", latitude=57.0)
    for place in (other, home):
        times(doctor(place), days_ahead(1))
    patient = PatientFactory(registered_facility_id=home.pk)

    _total, found = finding.list_clinics(seeker(patient), Wish(specialty=OPHTHALMOLOGIST))

    assert [(one.clinic.name, one.code) for one in found] == [("Своя", ""), ("Чужая", "NO_ATTACHMENT")]


def test_get_nearest_never_leads_where_one_may_not_book():
    home, other = clinic("Своя"), clinic("Чужая")
    times(doctor(other), days_ahead(1))
    times(doctor(home), days_ahead(5))
    found = seeker(PatientFactory(registered_facility_id=home.pk))

    at, post = finding.get_nearest(found, finding.posts_of(found, Wish(specialty=OPHTHALMOLOGIST)))

    assert (at, post.clinic.name) == (days_ahead(5), "Своя")


def test_get_nearest_of_nothing_is_none():
    found = seeker()
    doctor(clinic())

    assert finding.get_nearest(found, []) is None
    assert finding.get_nearest(seeker(), finding.posts_of(seeker(), Wish(specialty=OPHTHALMOLOGIST))) is None


@pytest.mark.parametrize(("not_after", "is_found"), [(date(2026, 11, 29), False), (date(2026, 11, 30), True)])
def test_a_grant_ends_with_its_last_day_at_the_clinic(grant, not_after, is_found):
    schedule = doctor(clinic(), CARDIOLOGIST)
    times(schedule, days_ahead(5), rights_mask=BY_REFERRAL)
    wish = grant(positions=(CARDIOLOGIST,), not_after=not_after)
    found = seeker(wish=wish)
    posts = finding.posts_of(found, wish)

    assert bool(finding.nearest_by_schedule(found, posts)) is is_found
    assert bool(finding.get_nearest(found, posts)) is is_found
    assert days.list_days(found, posts, first=TODAY, count=14).has_free is is_found


def test_posts_of_a_grant_are_its_own(grant):
    here, there = clinic(), clinic("Чужая")
    for place in (here, there):
        doctor(place, CARDIOLOGIST)
        doctor(place)
    own_room = room(here)
    room(here, "Рентген")

    wish = grant(positions=(CARDIOLOGIST,), facility_ids=(here.pk,))
    assert [(one.title, one.facility_id) for one in finding.posts_of(seeker(wish=wish), wish)] == [
        ("Кардиолог", here.pk)
    ]
    wish = grant(location_ids=(own_room.location_id,))
    assert [one.title for one in finding.posts_of(seeker(wish=wish), wish)] == ["УЗИ брюшной полости"]


def test_posts_of_an_unknown_doctor_is_missing():
    doctor(clinic())

    with pytest.raises(NotFound):
        finding.posts_of(seeker(), Wish(role=uuid4()))


def test_posts_of_a_room_and_of_a_clinic():
    here = clinic()
    doctor(here)
    doctor(clinic("Чужая"))

    assert len(finding.posts_of(seeker(), Wish(facility=here.pk))) == 1
    assert finding.posts_of(seeker(), Wish(location=uuid4())) == []
    assert len(finding.posts_of(seeker(), Wish(facility=here.pk, location=uuid4()))) == 1


def test_wish_of_an_address_survives_its_steps():
    given = QueryDict("specialty=34&facility=oops&day=2026-11-26&grant=probe:bad&junk=1")

    assert Wish.read(given).pairs == [("specialty", "34"), ("day", "2026-11-26")]


def test_finding_changes_no_time(grant):
    schedule = doctor(clinic())
    times(schedule, days_ahead(1))
    before = list(Slot.objects.values())
    found = seeker()
    posts = finding.posts_of(found, Wish(specialty=OPHTHALMOLOGIST))
    days.list_days(found, posts, first=TODAY, count=14)
    finding.list_clinics(found, Wish(specialty=OPHTHALMOLOGIST))

    assert list(Slot.objects.values()) == before


def test_list_places_leaves_out_clinics_with_nothing_to_book():
    home = clinic("Своя")
    doctor(home)
    room(clinic("С одним кабинетом"))
    doctor(clinic("Только по направлению"), CARDIOLOGIST)

    found = choices.list_places(seeker(PatientFactory(registered_facility_id=home.pk)))

    assert [(place, one.name) for place, one, _km in found] == [(home.pk, "Своя")]


def test_get_nearest_passes_over_a_doctor_who_has_left_the_directory():
    here = clinic()
    gone, left = doctor(here), doctor(here, name="Вторая Вера Львовна")
    times(gone, days_ahead(1))
    times(left, days_ahead(2))
    gone.practitioner_role.is_active = False
    gone.practitioner_role.save()
    found = seeker()

    at, post = finding.get_nearest(found, finding.posts_of(found, Wish(specialty=OPHTHALMOLOGIST)))

    assert (at, post.doctor) == (days_ahead(2), "Вторая Вера Львовна")


def test_nearest_of_a_room_goes_by_its_schedule(grant):
    schedule = room(clinic())
    times(schedule, days_ahead(1), rights_mask=BY_REFERRAL)
    wish = grant(location_ids=(schedule.location_id,))
    found = seeker(wish=wish)
    posts = finding.posts_of(found, wish)

    assert finding.nearest_by_schedule(found, posts) == {schedule.pk: days_ahead(1)}
    assert finding.get_nearest(found, posts)[0] == days_ahead(1)
    assert (
        finding.posts_of(found, wish.but(facility=schedule.location.facility_id, location=schedule.location_id))
        == posts
    )


def test_directory_is_read_anew_once_it_is_forgotten(settings):
    settings.SETTINGS_KEPT_SECONDS = 60
    posts.forget()
    assert posts.directory(now=NOW).posts == ()
    doctor(clinic())
    assert posts.directory(now=NOW).posts == ()

    posts.forget()

    assert len(posts.directory(now=NOW).posts) == 1
    posts.forget()


def test_samples_hold_posts_of_some_clinics_only():
    for number in range(posts.SAMPLES + 2):
        doctor(clinic(f"Поликлиника № {number}"))

    found = posts.directory(now=NOW)

    assert len(found.samples[OPHTHALMOLOGIST]) == posts.SAMPLES
    assert len(found.by_position[OPHTHALMOLOGIST]) == posts.SAMPLES + 2
