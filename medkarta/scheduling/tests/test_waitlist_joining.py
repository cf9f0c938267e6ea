"""Joining the waiting list: what is written, and what is refused at once."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from medkarta.core.scopes import Actor, ActorKind, StaffScope
from medkarta.mailer.models import Notice
from medkarta.patients.tests.factories import NOW
from medkarta.requests.models import Request
from medkarta.scheduling import grants, refusals, refusals_waitlist
from medkarta.scheduling.actions import releasing, waitlist, waitlist_joining
from medkarta.scheduling.grants import BookingGrant
from medkarta.scheduling.models import WaitlistEntry
from medkarta.scheduling.tests.waiting_room import (
    DAY,
    MINUTE,
    POSITION,
    Clinic,
    booked,
    reloaded,
    someone,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def no_quiet(settings):
    settings.QUIET_HOURS = None


@pytest.fixture
def clinic(db):
    return Clinic()


def desk(clinic):
    return StaffScope(Actor(ActorKind.STAFF, "1"), clinic.facility.pk, "registrar", "waitlist")


def test_join_writes_the_entry_its_request_and_the_notice(clinic):
    scope, entry = clinic.join(complaint="Болит глаз", last_day=(NOW + 10 * DAY).date())

    assert (entry.status, entry.priority, entry.specialty_name) == ("created", 4, "Офтальмолог")
    assert (entry.facility_id, entry.facility_ids) == (clinic.facility.pk, [str(clinic.facility.pk)])
    assert (entry.not_before, entry.not_after) == (NOW, NOW.replace(hour=21) + 10 * DAY - SECOND)
    request = Request.objects.get()
    assert (request.kind, request.status, request.target_id, request.person_id) == (
        "waitlist", "created", entry.pk, scope.person_id,
    )  # fmt: skip
    assert Notice.objects.get().text == "scheduling.waitlist_joined"


def test_join_with_the_same_form_gives_the_first_entry_back(clinic):
    scope, key = someone(), uuid4()

    first = waitlist.join(scope, form=clinic.form(), form_key=key, now=NOW)
    again = waitlist.join(scope, form=clinic.form(), form_key=key, now=NOW + MINUTE)

    assert (first.id, first.is_new, again.is_new) == (again.id, True, False)
    assert WaitlistEntry.objects.count() == Request.objects.count() == 1


def test_join_with_a_form_whose_entry_is_closed_asks_to_send_it_anew(clinic):
    scope, key = someone(), uuid4()
    first = waitlist.join(scope, form=clinic.form(), form_key=key, now=NOW)
    waitlist.leave(scope, entry_id=first.id, now=NOW)

    with pytest.raises(refusals_waitlist.FormIsUsedUp):
        waitlist.join(scope, form=clinic.form(), form_key=key, now=NOW)


def test_join_twice_for_a_position_names_the_entry_that_stands(clinic):
    scope, entry = clinic.join()

    with pytest.raises(refusals_waitlist.AlreadyWaiting) as refusal:
        clinic.join(scope=scope)

    assert refusal.value.entry_id == entry.pk
    assert Request.objects.count() == 1


def test_join_where_a_visit_is_booked_says_so_and_which(clinic):
    scope, mine = booked(clinic.slot())

    with pytest.raises(refusals.BookingRefused) as refusal:
        clinic.join(scope=scope)

    assert (refusal.value.code, refusal.value.appointment_id) == ("APPOINT_PATIENT_REGISTERED_SPECIALIST", mine.pk)


@pytest.mark.parametrize(("birth_year", "code"), [(2019, "APPOINT_TIME_AVAILABLE_PATIENT_OTHER_AGE"), (1980, "")])
def test_join_where_every_offer_would_be_refused_is_refused(birth_year, code):
    clinic = Clinic(serves_adults=True, serves_children=False)
    scope = someone(birth_date=NOW.date().replace(year=birth_year))

    if code:
        with pytest.raises(refusals.BookingRefused) as refusal:
            clinic.join(scope=scope)
        assert refusal.value.code == code
        assert not WaitlistEntry.objects.exists()
    else:
        assert clinic.join(scope=scope)


def test_join_a_clinic_without_such_doctors_is_refused(clinic):
    form = waitlist.WaitlistForm(specialty=POSITION, facility_ids=(uuid4(),))

    with pytest.raises(refusals_waitlist.NoSuchList):
        waitlist.join(someone(), form=form, form_key=uuid4(), now=NOW)


def test_join_for_days_that_are_over_is_refused(clinic):
    with pytest.raises(refusals_waitlist.PeriodIsOver):
        clinic.join(last_day=(NOW - DAY).date())


def test_join_by_one_who_may_only_look_is_refused(clinic):
    scope = someone()
    looking = type(scope)(scope.actor, scope.account_id, scope.person_id, "key", False, scope.restricted, may_act=False)

    with pytest.raises(refusals.BookingRefused) as refusal:
        clinic.join(scope=looking)

    assert refusal.value.code == "MAY_NOT_ACT"


def test_join_with_others_is_all_or_none(clinic):
    mother, child = someone(), someone()
    clinic.join(scope=child)

    with pytest.raises(refusals_waitlist.AlreadyWaiting):
        waitlist.join(mother, form=clinic.form(), form_key=uuid4(), now=NOW, others=[child])

    assert WaitlistEntry.objects.count() == 1


def test_join_by_a_grant_ends_with_it_and_comes_first_when_it_is_urgent(clinic, monkeypatch):
    monkeypatch.setattr(grants, "_KINDS", {})
    grant = BookingGrant("test", uuid4(), "Направление", (POSITION,), not_after=(NOW + 5 * DAY).date(), is_urgent=True)
    grants.register(
        "test", list_open=lambda scope, now: [grant], recheck=lambda *_, now: grant, on_change=lambda *_, now: None
    )

    _scope, entry = clinic.join(grant_kind="test", grant_ref=grant.source_ref)

    assert (entry.priority, entry.not_after) == (1, NOW.replace(hour=21) + 5 * DAY - SECOND)


def test_join_by_a_grant_for_another_position_is_refused(clinic, monkeypatch):
    monkeypatch.setattr(grants, "_KINDS", {})
    grant = BookingGrant("test", uuid4(), "Направление", ("61",))
    grants.register(
        "test", list_open=lambda scope, now: [grant], recheck=lambda *_, now: grant, on_change=lambda *_, now: None
    )

    with pytest.raises(refusals.BookingRefused) as refusal:
        clinic.join(grant_kind="test", grant_ref=grant.source_ref)

    assert refusal.value.code == "GRANT_DOES_NOT_FIT"


@pytest.mark.parametrize("swaps", [uuid4(), None])
def test_swap_of_what_is_not_his_visit_is_refused(clinic, swaps):
    _other, theirs = booked(clinic.slot())

    with pytest.raises(refusals_waitlist.VisitToSwapIsGone):
        clinic.join(swaps=swaps or theirs.pk)


def test_add_displaced_comes_before_everybody(clinic):
    clinic.join()
    scope, appointment = booked(clinic.slot(), now=NOW)
    releasing.cancel(scope, appointment_id=appointment.pk, now=NOW)

    entry_id = waitlist_joining.add_displaced(desk(clinic), reloaded(appointment), now=NOW)

    entry = WaitlistEntry.objects.get(pk=entry_id)
    assert (entry.priority, entry.specialty_code, entry.account_id) == (0, POSITION, scope.account_id)
    assert Request.objects.filter(target_id=entry_id, person_id=scope.person_id).exists()
    assert waitlist_joining.add_displaced(desk(clinic), appointment, now=NOW) == entry_id


def test_days_of_an_entry_are_those_of_the_clinics_clock():
    clinic = Clinic(timezone="Asia/Vladivostok")  # ten hours before UTC, seven before the portal
    evening = NOW.replace(hour=20)  # already the 26th there

    _scope, named = clinic.join(now=evening, first_day=date(2026, 11, 28), last_day=date(2026, 11, 29))
    _scope, usual = clinic.join(now=evening)

    assert named.not_before == datetime(2026, 11, 27, 14, tzinfo=UTC)
    assert named.not_after == datetime(2026, 11, 29, 13, 59, 59, tzinfo=UTC)
    assert usual.not_after == datetime(2026, 12, 26, 13, 59, 59, tzinfo=UTC)
