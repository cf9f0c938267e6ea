"""Each check passes a world that is right and fails in one that is not: otherwise a storm proves nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from medkarta.devtools.storm.checks import CHECKS, answers, rows, traces, violations, waiting, weather
from medkarta.devtools.storm.facts import Booking, Entry, Evidence, Offer, Queued, Time
from medkarta.devtools.storm.record import Call, Fault

DAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
SECOND, QUARTER, HOUR = timedelta(seconds=1), timedelta(minutes=15), timedelta(hours=1)


def booking(pk="a", **values):
    start = values.pop("starts_at", DAY)
    base = {"person": "p", "slot": "s", "status": "booked", "starts_at": start, "ends_at": start + QUARTER}
    return Booking(pk, **{**base, **values})


def bookings(*found):
    return {one.id: one for one in found}


def call(op="confirm", at=10.0, end=11.0, outcome="ok", pk="1", **facts):
    return Call(pk, op, at, facts, end, outcome, {})


def offer(pk="o", entry="e", **values):
    base = {"slot": "s", "state": "sent", "is_exclusive": True, "sent_at": DAY - 72 * HOUR}
    return Offer(pk, entry, **{**base, "deadline": DAY - 71 * HOUR, **values})


def entry(pk="e", **values):
    base = {
        "person": pk,
        "status": "created",
        "position": "49",
        "priority": 4,
        "requested_at": DAY - 90 * HOUR,
        "requests": ("created",),
        "history": ((DAY - 90 * HOUR, "created"),),
    }
    return Entry(pk, **{**base, **values})


TIMES = {"s": Time("49", "c", DAY, DAY + QUARTER)}
RIGHT = Evidence(
    calls=[
        call("hold", 8.0, 9.0, pk="0", person="p", slot="s"),
        call(person="p", slot="s", key="k", appointment="a"),
        call("cancel", 20.0, 21.0, pk="2", person="q", appointment_id="b"),
    ],
    bookings=bookings(
        booking(key="k", account="x", position="49"), booking("b", status="cancelled", slot="t", person="q")
    ),
    slots={"s": "a", "t": None},
    times=TIMES,
    events=[("a", "booked"), ("b", "cancelled")],
    audited=frozenset({("scheduling.booked", "a"), ("scheduling.cancelled", "b")}),
    notices=frozenset({("scheduling.booked", "a")}),
    queue=[Queued("mailer.due", "1", "waiting")],
    entries={"e": entry()},
    offers=[offer(state="declined", answered_at=DAY - 71.5 * HOUR)],
)


def found(check, **changes):
    return list(check(replace(RIGHT, **changes)))


def test_violations_are_none_in_a_world_that_is_right():
    assert list(violations(RIGHT)) == []


BAD = [
    (rows.one_live_per_slot, {"bookings": bookings(booking(), booking("b", person="q"))}),
    (rows.no_overlap, {"bookings": bookings(booking(), booking("b", slot="t", starts_at=DAY + QUARTER / 3))}),
    (
        rows.one_per_position,
        {"bookings": bookings(booking(position="49"), booking("b", slot="t", position="49", starts_at=DAY + HOUR))},
    ),
    (rows.slots_agree, {"slots": {"s": None, "t": None}}),
    (rows.slots_agree, {"slots": {"s": "a", "t": "a"}}),
    (rows.slots_agree, {"bookings": bookings(booking(status="cancelled"))}),
    (rows.moves_are_whole, {"events": [("b", "moved-to")]}),
    (rows.moves_are_whole, {"bookings": bookings(booking(moved_from="gone"))}),
    (rows.moves_are_whole, {"bookings": bookings(booking(status="cancelled", moved_to="gone"))}),
    (answers.confirmed_are_kept, {"bookings": {}, "calls": [call(appointment="a")]}),
    (answers.confirmed_are_kept, {"calls": [call(person="other", slot="s", appointment="a")]}),
    (answers.confirmed_are_kept, {"calls": [call(person="p", slot="other", appointment="a")]}),
    (answers.confirmed_are_kept, {"calls": [call(person="p", slot="s", appointment="a", move="b")]}),
    (answers.confirmed_are_kept, {"calls": [call("cancel", appointment_id="a")]}),
    (
        answers.nothing_false,
        {"calls": [call("cancel", 1.0, 2.0, appointment_id="b"), call(at=3.0, pk="2", appointment="b")]},
    ),
    (answers.ends_are_explained, {"calls": []}),
    (answers.keys_give_one, {"calls": [call(key="k", person="p", appointment="b")]}),
    (
        answers.keys_give_one,
        {
            "calls": [
                call(key="k", person="p", appointment="a"),
                call(at=12.0, outcome="refused", pk="2", key="k", person="p"),
            ]
        },
    ),
    (
        answers.holds_are_respected,
        {
            "calls": [
                call("hold", person="p", slot="s"),
                call("hold", 12.0, 13.0, pk="2", person="q", slot="s"),
            ]
        },
    ),
    (traces.changes_are_audited, {"audited": frozenset({("scheduling.cancelled", "b")})}),
    (traces.changes_are_audited, {"audited": RIGHT.audited | {("scheduling.booked", "gone")}}),
    (traces.changes_are_audited, {"events": RIGHT.events[1:], "audited": RIGHT.audited - {("scheduling.booked", "a")}}),
    (traces.people_are_told, {"notices": frozenset()}),
    (traces.people_are_told, {"notices": RIGHT.notices | {("scheduling.booked", "gone")}}),
    (traces.people_are_told, {"notices": RIGHT.notices | {("scheduling.cancelled", "a")}}),
    (traces.queue_is_worked_off, {"queue": [Queued("mis.book", "1", "dead")]}),
    (traces.queue_is_worked_off, {"queue": [Queued("mis.book", "1", "waiting", is_late=True)]}),
    (traces.seals_hold, {"seals": "batch 3 does not hold"}),
    (weather.no_server_error, {"calls": [call(outcome="failed", status=500)]}),
    (weather.never_locked, {"calls": [call(outcome="failed", locked=True)]}),
    (weather.never_locked, {"logs": ["OperationalError: database is locked"]}),
    (waiting.offers_are_exclusive, {"offers": [offer(), offer("o2", "f", sent_at=DAY - 71 * HOUR - 6 * SECOND)]}),
    (waiting.requests_agree, {"entries": {"e": entry(requests=())}}),
    (waiting.requests_agree, {"entries": {"e": entry(requests=("created", "created"))}}),
    (waiting.requests_agree, {"entries": {"e": entry(status="booked", requests=("booked",), appointment="a")}}),
    (waiting.requests_agree, {"offers": [offer()]}),
    (waiting.order_is_kept, {"entries": {"e": entry(), "first": entry("first", requested_at=DAY - 91 * HOUR)}}),
]  # fmt: skip


@pytest.mark.parametrize(("check", "changes"), BAD, ids=lambda value: getattr(value, "__name__", ""))
def test_check_sees_what_is_wrong(check, changes):
    assert len(found(check, **changes)) == 1


def test_every_check_has_a_world_in_which_it_fails():
    assert {check for check, _changes in BAD} == set(CHECKS.values())


ALLOWED = [
    (rows.no_overlap, {"bookings": bookings(booking(), booking("b", slot="t", starts_at=DAY + QUARTER))}),
    (answers.ends_are_explained, {"calls": [call("cancel", outcome="lost", appointment_id="b")]}),
    (answers.ends_are_explained, {"calls": [call(outcome="failed", move="b")]}),
    (
        answers.nothing_false,
        {"calls": [call("cancel", 1.0, 2.0, appointment_id="b"), call(at=3.0, pk="2", appointment="b", retry=True)]},
    ),
    (
        answers.holds_are_respected,
        {
            "calls": [
                call("hold", person="p", slot="s"),
                call("hold", 12.0, 13.0, pk="2", person="p", slot="t"),
                call("hold", 14.0, 15.0, pk="3", person="q", slot="s"),
            ]
        },
    ),
    (
        weather.no_server_error,
        {"calls": [call(outcome="failed", status=500)], "faults": [Fault("database", 10.5, 12.0)]},
    ),
    (waiting.offers_are_exclusive, {"offers": [offer(), offer("o2", "f", sent_at=DAY - 71 * HOUR)]}),
    (waiting.offers_are_exclusive, {"offers": [offer(), offer("o2", "f", sent_at=DAY - 71 * HOUR - 5 * SECOND)]}),
    (waiting.offers_are_exclusive, {"offers": [offer(sent_at=DAY - HOUR), offer("o2", "f", sent_at=DAY - HOUR)]}),
    (
        waiting.order_is_kept,
        {"entries": {"e": entry(), "first": entry("first", requested_at=DAY - 91 * HOUR, clinics=("other",))}},
    ),
    (
        waiting.order_is_kept,
        {"entries": {"e": entry(), "p": entry("p", requested_at=DAY - 91 * HOUR)}},  # who has such a visit
    ),
]  # fmt: skip


@pytest.mark.parametrize(("check", "changes"), ALLOWED, ids=lambda value: getattr(value, "__name__", ""))
def test_check_lets_pass_what_is_right(check, changes):
    assert found(check, **changes) == []


@pytest.mark.parametrize(("later", "is_wrong"), [(299.0, True), (301.0, False)])
def test_holds_are_respected_as_long_as_holds_last(later, is_wrong):
    calls = [
        call("hold", person="p", slot="s"),
        call("hold", 10.0 + later, 10.5 + later, pk="2", person="q", slot="s"),
    ]

    assert bool(found(answers.holds_are_respected, calls=calls)) is is_wrong
