"""A visit under special secrecy takes its time as any other does, and tells nobody else that it is there."""

from datetime import date
from uuid import uuid4

import pytest

from medkarta.core.scopes import Restricted
from medkarta.patients.tests.factories import NOW, scope_of
from medkarta.requests import queries as requests
from medkarta.scheduling import refusals, refusals_waitlist, ways
from medkarta.scheduling.actions import holds, offering, waitlist
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.models import Appointment, BookingSetting, WaitlistEntry
from medkarta.scheduling.queries import settings
from medkarta.scheduling.tests.waiting_room import DAY, MINUTE, POSITION, Clinic, Visitor, booked, reloaded, text

pytestmark = pytest.mark.django_db
HIDDEN, LOCKED, SHOWN = Restricted.HIDDEN, Restricted.LOCKED, Restricted.SHOWN


@pytest.fixture(autouse=True)
def _fresh_numbers():
    settings.forget()
    yield
    settings.forget()


@pytest.fixture
def clinic():
    return Clinic(serves_children=True)


@pytest.fixture
def parent():
    return Visitor(kind="parent", birth_date=date(2010, 1, 1))


@pytest.fixture
def visit(clinic, parent):
    """Return the child's visit that his parent does not see; there is free time on another day."""
    _scope, row = booked(clinic.slot(), parent.scope)
    Appointment.objects.filter(pk=row.pk).update(is_restricted=True)
    clinic.slot(NOW + 6 * DAY)
    return row


def at(visitor, restricted):
    return scope_of(visitor.patient, account=visitor.account, restricted=restricted)


def hold_code(parent, slot, restricted):
    with pytest.raises(refusals.BookingRefused) as refused:
        holds.hold(at(parent, restricted), order=Order(slot_id=slot.pk), now=NOW)
    return refused.value.code, refused.value.appointment_id


@pytest.mark.parametrize("restricted", [HIDDEN, LOCKED])
def test_hold_beside_a_hidden_visit_says_no_and_nothing_of_it(clinic, parent, visit, restricted):
    beside, later = clinic.slot(NOW + 4 * DAY + 5 * MINUTE), clinic.slot(NOW + 7 * DAY)

    assert hold_code(parent, beside, restricted) == ("NOT_AT_THIS_TIME", None)
    assert hold_code(parent, later, restricted) == ("NOT_TO_THIS_DOCTOR", None)


def test_hold_beside_a_visit_names_it_to_whoever_sees_it(clinic, parent, visit):
    beside, later = clinic.slot(NOW + 4 * DAY + 5 * MINUTE), clinic.slot(NOW + 7 * DAY)

    assert hold_code(parent, beside, SHOWN) == ("APPOINT_PATIENT_REGISTERED_OTHER_SPECIALIST", visit.pk)
    assert hold_code(parent, later, SHOWN) == ("APPOINT_PATIENT_REGISTERED_SPECIALIST", visit.pk)


def test_joining_the_list_for_the_doctor_of_a_hidden_visit_says_nothing_of_it(clinic, parent, visit):
    with pytest.raises(refusals.BookingRefused) as refused:
        waitlist.join(parent.scope, form=clinic.form(), form_key=uuid4(), now=NOW)

    assert (refused.value.code, refused.value.appointment_id) == ("NOT_TO_THIS_DOCTOR", None)


@pytest.mark.parametrize("page", ["times", "why"])
@pytest.mark.parametrize("moves", [False, True])
def test_pages_of_finding_a_time_give_no_link_to_a_hidden_visit(clinic, parent, visit, page, moves):
    move = f"&move={visit.pk}" if moves else ""
    answer = parent.get(f"book/{page}/?specialty={POSITION}&facility={clinic.facility.pk}{move}")

    assert answer.status_code == 200
    assert f"appointments/{visit.pk}" not in text(answer)
    assert "Ваша запись" not in text(answer)
    if not moves:
        assert str(visit.pk) not in text(answer)
        assert "Запись к этому специалисту сейчас невозможна" in text(answer)


def test_refused_hold_beside_a_hidden_visit_gives_the_phone_and_no_link(clinic, parent, visit):
    answer = parent.post("book/hold/", slot=str(clinic.slot(NOW + 4 * DAY + 5 * MINUTE).pk))

    assert answer.status_code == 409
    assert "На это время запись невозможна" in text(answer)
    assert 'href="tel:122"' in text(answer)
    assert str(visit.pk) not in text(answer)
    assert "/login" not in text(answer)


def test_pages_of_finding_a_time_show_the_visit_to_whoever_sees_it(clinic):
    owner = Visitor(birth_date=date(2010, 1, 1))
    _scope, row = booked(clinic.slot(), owner.scope)
    clinic.slot(NOW + 6 * DAY)

    answer = owner.get(f"book/times/?specialty={POSITION}&facility={clinic.facility.pk}")

    assert f"appointments/{row.pk}/" in text(answer)


def test_ways_on_from_what_the_schema_refuses_lead_to_no_visit(parent):
    refusal = refusals.BookingRefused("APPOINT_PATIENT_REGISTERED_SPECIALIST")

    found = [one.href for one in ways.on(parent.scope, Wish(specialty=POSITION), refusal)]

    assert found[0] == "tel:122"
    assert not any("None" in one for one in found)


def restrict_position():
    BookingSetting.objects.create(
        name="restricted_positions", value=[POSITION], valid_from=NOW - DAY, created_at=NOW - DAY
    )
    settings.forget()


def test_refusal_of_a_secret_doctor_sends_a_parent_to_the_phone_and_the_owner_to_another_login(
    clinic, parent, settings
):
    restrict_position()
    slot, owner = clinic.slot(), Visitor(birth_date=date(2010, 1, 1))
    settings.RESTRICTED_MINUTES = -1
    answers = [one.post("book/hold/", slot=str(slot.pk)) for one in (parent, owner)]
    pages = [one.get(f"book/why/?specialty={POSITION}&facility={clinic.facility.pk}") for one in (parent, owner)]

    for found in (answers, pages):
        assert ["/login?again=1" in text(one) for one in found] == [False, True]
        assert ['href="tel:122"' in text(found[0])] == [True]


def test_request_of_a_secret_waiting_entry_is_in_the_statuses_of_its_owner_only(clinic, parent):
    restrict_position()
    waitlist.join(at(parent, SHOWN), form=clinic.form(), form_key=uuid4(), now=NOW)
    entry = WaitlistEntry.objects.get()

    assert [one.kind for one in requests.list_requests(at(parent, SHOWN))] == ["waitlist"]
    assert requests.list_requests(at(parent, HIDDEN)) == requests.list_requests(at(parent, LOCKED)) == []
    waitlist.leave(at(parent, SHOWN), entry_id=entry.pk, now=NOW)
    assert [one.status for one in requests.list_requests(at(parent, SHOWN))] == ["cancelled"]


def test_request_of_a_usual_waiting_entry_is_in_the_statuses_of_a_parent(clinic, parent):
    waitlist.join(parent.scope, form=clinic.form(), form_key=uuid4(), now=NOW)

    assert [one.kind for one in requests.list_requests(parent.scope)] == ["waitlist"]


@pytest.mark.parametrize(
    ("is_visit_secret", "is_entry_secret", "status"),
    [(True, False, "created"), (True, True, "booked"), (False, False, "booked")],
)
def test_engine_ends_no_usual_entry_by_a_hidden_visit(clinic, parent, is_visit_secret, is_entry_secret, status):
    _scope, entry = clinic.join(parent.scope)
    _scope, row = booked(clinic.slot(), parent.scope)
    Appointment.objects.filter(pk=row.pk).update(is_restricted=is_visit_secret)
    WaitlistEntry.objects.update(is_restricted=is_entry_secret)

    offering.offer_slot(clinic.slot(NOW + 6 * DAY).pk, now=NOW)

    assert reloaded(entry).status == status
    assert (entry.appointment == row.pk) is (status == "booked")


def test_joining_the_list_where_a_hidden_entry_waits_says_nothing_of_it(clinic, parent):
    clinic.join(at(parent, SHOWN))
    WaitlistEntry.objects.update(is_restricted=True)

    with pytest.raises(refusals.BookingRefused) as refused:
        clinic.join(at(parent, HIDDEN))
    with pytest.raises(refusals_waitlist.AlreadyWaiting):
        clinic.join(at(parent, SHOWN))

    assert refused.value.code == "NOT_TO_THIS_DOCTOR"
