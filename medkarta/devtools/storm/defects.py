"""Faults that a storm plants on purpose, to prove that its checks would see such a fault in the portal.

The portal's rooms know nothing of them: here functions are replaced and constraints dropped, in a scratch database and
in processes that carry `MEDKARTA_STORM_DEFECT`, where `devtools` is installed, which production is not.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import local
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

VARIABLE = "MEDKARTA_STORM_DEFECT"


@dataclass(frozen=True, slots=True)
class Defect:
    """`plant` changes a process, `spoil` the schema. `check` is the one that has to see it."""

    check: str
    plant: Callable[[], None]
    spoil: tuple[str, ...] = ()


def plant_named(name: str) -> None:
    """Plant the defect that the environment of this process names. Raises KeyError for an unknown one."""
    DEFECTS[name].plant()


def _anybody_takes_anything() -> None:
    """Claim without a condition, and look as if nothing were taken."""
    from medkarta.scheduling.models import SlotQuerySet
    from medkarta.scheduling.queries import slots

    get_slot = slots.get_slot

    def claimable(found: SlotQuerySet, *, by: UUID | None, now: datetime) -> SlotQuerySet:
        return found

    _put(SlotQuerySet, "claimable", claimable)
    _put(slots, "get_slot", lambda slot_id: replace(get_slot(slot_id), appointment=None))


def _holds_bind_nobody() -> None:
    from medkarta.scheduling.models import SlotQuerySet
    from medkarta.scheduling.models.slots import FREE

    def claimable(found: SlotQuerySet, *, by: UUID | None, now: datetime) -> SlotQuerySet:
        return found.filter(FREE)

    _put(SlotQuerySet, "claimable", claimable)


def _message_goes_first() -> None:
    """Tell of a booking before its transaction, which may then fail."""
    from medkarta.core.ids import new_id
    from medkarta.mailer import actions as mailer
    from medkarta.scheduling.actions import booking

    book, chosen = booking.book, local()

    def book_after_telling(scope: Any, order: Any, *, now: datetime) -> Any:
        chosen.id = new_id()
        if getattr(scope, "account_id", None):
            news = mailer.News(
                [scope.account_id], scope.person_id, "appointments", "scheduling.booked",
                {"appointment_id": str(chosen.id)}, key=f"scheduling.booked:{chosen.id}",
            )  # fmt: skip
            mailer.notify_all(scope, [news], now=now)
        return book(scope, order, now=now)

    _put(booking, "new_id", lambda: chosen.id)
    _put(booking, "book", book_after_telling)


def _move_in_two() -> None:
    """Give the old time up in a transaction of its own; the new one may then be refused."""
    from django.db import transaction

    from medkarta.scheduling.actions import booking, releasing
    from medkarta.scheduling.models import Appointment

    book = booking.book

    def book_in_two(scope: Any, order: Any, *, now: datetime) -> Any:
        if order.move_of is None or booking._known(scope, order) is not None:
            return book(scope, order, now=now)
        with transaction.atomic():
            client = releasing.client_of(scope, order.patient_id)
            old, order = booking._give_up(scope, client, order, order.move_of, now=now)
        new = book(scope, replace(order, move_of=None), now=now)
        Appointment.objects.filter(pk=old.pk).update(moved_to=new.pk)
        Appointment.objects.filter(pk=new.pk).update(moved_from=old.pk)
        return new

    _put(booking, "book", book_in_two)


def _offers_go_to_three() -> None:
    from medkarta.scheduling.rules import waitlist

    plan = waitlist.plan

    def plan_for_three(*values: Any, **more: Any) -> Any:
        found = plan(*values, **more)
        return replace(found, people=waitlist.AT_ONCE) if found else None

    _put(waitlist, "plan", plan_for_three)


def _key_is_lost() -> None:
    from medkarta.scheduling.actions import booking

    book = booking.book

    def book_anew(scope: Any, order: Any, *, now: datetime) -> Any:
        return book(scope, replace(order, key=uuid4()), now=now)

    _put(booking, "book", book_anew)


def _end_leaves_no_trace() -> None:
    from medkarta.audit import actions as audit
    from medkarta.scheduling.actions import happenings

    def record(scope: Any, *, action: str, **more: Any) -> None:
        if action != "scheduling.cancelled":
            audit.record(scope, action=action, **more)

    _put(happenings, "audit", SimpleNamespace(record=record))


def _overlaps_pass() -> None:
    from medkarta.scheduling.rules import eligibility

    _put(eligibility, "conflict", lambda *_values, **_more: ("", None))


def _ready_before_it_is() -> None:
    """Answer «готово» and take everything back."""
    from django.db import transaction

    from medkarta.scheduling.actions import booking

    book = booking.book

    def book_and_forget(scope: Any, order: Any, *, now: datetime) -> Any:
        with transaction.atomic():
            booked = book(scope, order, now=now)
            transaction.set_rollback(booked.pk.int % 4 == 0)
        return booked

    _put(booking, "book", book_and_forget)


def _put(owner: Any, name: str, value: Any) -> None:
    """Replace a function of the portal. Raises AttributeError when it is there no more."""
    getattr(owner, name)
    setattr(owner, name, value)


_NO_OVERLAP = {
    "sqlite": ("DROP TRIGGER appointment_no_overlap_insert", "DROP TRIGGER appointment_no_overlap_update"),
    "postgresql": ("DROP TRIGGER appointment_no_overlap ON scheduling_appointment",),
}
DEFECTS: dict[str, Defect] = {
    "uniqueness off": Defect(
        "one live booking a slot", _anybody_takes_anything, ("DROP INDEX appointment_one_live_per_slot",)
    ),
    "hold ignored": Defect("holds are respected", _holds_bind_nobody),
    "message before commit": Defect("people are told what is so", _message_goes_first),
    "move in two transactions": Defect("moves are whole", _move_in_two),
    "offer not exclusive": Defect("one time, one offer", _offers_go_to_three),
    "key of the form lost": Defect("a key gives one booking", _key_is_lost),
    "access log skipped": Defect("every change is in the access log", _end_leaves_no_trace),
    "overlap allowed": Defect("no overlap of a person", _overlaps_pass, ("overlap",)),
    "answer before commit": Defect("confirmed bookings are kept", _ready_before_it_is),
}


def main() -> None:
    """Spoil the schema of a scratch database for one defect: `… .defects NAME`."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "medkarta.config.settings"
    import django

    django.setup()
    from django.db import connection

    for statement in DEFECTS[sys.argv[1]].spoil:
        for one in _NO_OVERLAP[connection.vendor] if statement == "overlap" else (statement,):
            with connection.cursor() as cursor:
                cursor.execute(one)


if __name__ == "__main__":
    main()
