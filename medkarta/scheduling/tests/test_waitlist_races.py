"""Several workers and people at once, each with a connection of its own: nobody is offered what another has."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from medkarta.core.errors import Refused
from medkarta.patients.tests.factories import NOW
from medkarta.scheduling.actions import offering, waitlist, waitlist_steps
from medkarta.scheduling.models import Appointment, Slot, WaitlistEntry, WaitlistOffer
from medkarta.scheduling.tests.waiting_room import DAY, HOUR, MINUTE, Clinic, booked, live_offer, reloaded

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time: nothing to race"),
]


@pytest.fixture(autouse=True)
def no_quiet(settings):
    settings.QUIET_HOURS = None


@pytest.fixture
def clinic(db):
    return Clinic()


def at_once(*works):
    """Run all of them together; return what each gave or raised."""
    start, results = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        start.wait()
        try:
            results[number] = work()
        except Refused as refusal:
            results[number] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return results


def test_two_workers_with_one_time_make_one_offer(clinic):
    for number in range(4):
        clinic.join(now=NOW + number * MINUTE)
    slot = clinic.slot()

    for number in range(5):
        WaitlistOffer.objects.all().delete()
        WaitlistEntry.objects.update(status="created")
        Slot.objects.update(held_by=None, held_until=None)
        at_once(*[lambda: offering.offer_slot(slot.pk, now=NOW + HOUR)] * 4)
        assert WaitlistOffer.objects.filter(state="sent").count() == 1, number
        assert reloaded(slot).held_by == live_offer().entry_id


def test_two_times_at_once_go_to_two_people_in_order(clinic):
    entries = [clinic.join(now=NOW + number * MINUTE)[1] for number in range(3)]
    times = [clinic.slot(NOW + (4 + number) * DAY) for number in range(2)]

    at_once(*[lambda one=one: offering.offer_slot(one.pk, now=NOW + HOUR) for one in times])
    offering.sweep(now=NOW + HOUR)

    offered = set(WaitlistOffer.objects.filter(state="sent").values_list("entry", flat=True))
    assert len(offered) == 2
    assert entries[0].pk in offered


def test_offer_slot_near_the_visit_by_two_workers_asks_three(clinic):
    for number in range(8):
        clinic.join(now=NOW - DAY + number * MINUTE)
    slot = clinic.slot(NOW + timedelta(minutes=150))

    at_once(*[lambda: offering.offer_slot(slot.pk, now=NOW)] * 3)

    assert 1 <= WaitlistOffer.objects.filter(state="sent").count() <= 3
    assert reloaded(slot).held_by == waitlist_steps.shared_holder(slot.pk)


def test_of_three_who_accept_at_once_one_is_booked(clinic):
    scopes = [clinic.join(now=NOW - DAY + number * MINUTE)[0] for number in range(3)]
    slot = clinic.slot(NOW + timedelta(minutes=150))
    offering.offer_slot(slot.pk, now=NOW)
    offers = {one.entry.patient.person_id: one.pk for one in WaitlistOffer.objects.select_related("entry__patient")}

    results = at_once(
        *[lambda scope=scope: waitlist.accept(scope, offer_id=offers[scope.person_id], now=NOW) for scope in scopes]
    )

    assert sum(isinstance(one, Appointment) for one in results) == 1
    assert sum(isinstance(one, Refused) for one in results) == 2
    assert Appointment.objects.filter(slot=slot, status="booked").count() == 1
    assert WaitlistEntry.objects.filter(status="booked").count() == 1


def test_accept_and_the_end_of_the_offer_at_once_end_in_one_of_them(clinic):
    scope, entry = clinic.join()
    slot = clinic.slot()
    offering.offer_slot(slot.pk, now=NOW)
    offer = live_offer()

    at_once(
        lambda: waitlist.accept(scope, offer_id=offer.pk, now=offer.deadline - MINUTE),
        lambda: offering.sweep(now=offer.deadline),
    )

    is_booked = reloaded(slot).appointment is not None
    assert reloaded(offer).state == ("accepted" if is_booked else "expired")
    assert reloaded(entry).status == ("booked" if is_booked else "created")


def test_double_click_on_accept_books_once(clinic):
    scope, _entry = clinic.join()
    slot = clinic.slot()
    offering.offer_slot(slot.pk, now=NOW)
    offer = live_offer()

    results = at_once(*[lambda: waitlist.accept(scope, offer_id=offer.pk, now=NOW)] * 3)

    assert {one.pk for one in results} == {Appointment.objects.get().pk}


def test_worker_killed_between_two_steps_leaves_nothing_half_done(clinic, monkeypatch):
    _scope, entry = clinic.join()
    slot = clinic.slot()

    class Killed(BaseException):
        """Like a signal: nothing in the code catches it."""

    def die(*_args, **_values):
        raise Killed

    with monkeypatch.context() as killing:
        killing.setattr(waitlist_steps, "tell", die)
        with pytest.raises(Killed):
            offering.offer_slot(slot.pk, now=NOW)
    assert not WaitlistOffer.objects.exists()
    assert reloaded(slot).held_by is None
    assert reloaded(entry).status == "created"

    offering.offer_slot(slot.pk, now=NOW)
    assert live_offer().entry_id == entry.pk


def test_two_who_want_an_earlier_time_and_swap_do_not_block_each_other(clinic):
    pairs = []
    for number in range(2):
        scope, old = booked(clinic.slot(NOW + (9 + number) * DAY))
        clinic.join(scope=scope, swaps=old.pk, now=NOW + number * MINUTE)
        pairs.append((scope, old))
    for number in range(2):
        offering.offer_slot(clinic.slot(NOW + (4 + number) * DAY).pk, now=NOW + HOUR)
    offers = {one.entry.patient.person_id: one.pk for one in WaitlistOffer.objects.select_related("entry__patient")}

    results = at_once(
        *[lambda one=scope: waitlist.accept(one, offer_id=offers[one.person_id], now=NOW + HOUR) for scope, _ in pairs]
    )

    assert all(isinstance(one, Appointment) for one in results)
    assert Appointment.objects.filter(status="booked").count() == 2
