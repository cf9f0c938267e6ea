"""Many doors at one time, each with a connection of its own: for a process and a database of its own."""

import json
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from medkarta.core.scopes import Actor, ActorKind, StaffScope, SystemScope
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.gateway import intake
from medkarta.gateway.outcomes import Fate
from medkarta.hl7.canonical import dumps
from medkarta.hl7.units import NOWHERE, Entry, Unit
from medkarta.patients.tests.factories import PatientFactory
from medkarta.scheduling.actions import booking
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.models import Appointment, Slot
from medkarta.scheduling.refusals import BookingRefused
from medkarta.signin.tests.factories import resident, signed_in

SOURCE = "mis"


def main(doors: list[int]) -> dict[str, Any]:
    """Return how many were told «booked» by each door (page, import, desk), and what the database holds then."""
    call_command("migrate", verbosity=0)
    slot = _slot()
    pages, imports, desks = doors
    people = [resident() for _ in range(pages)]
    tries: list[tuple[str, Callable[[], bool]]] = [
        *(("page", _page(signed_in(account, HTTP_HOST="127.0.0.1"), key, slot)) for account, _person, key in people),
        *(("import", _import(number, slot)) for number in range(imports)),
        *(("desk", _desk(PatientFactory(unlinked=True).pk, slot)) for _ in range(desks)),
    ]
    told: list[str] = []
    failed: list[str] = []
    gate = threading.Barrier(len(tries))

    def go(door: str, act: Callable[[], bool]) -> None:
        connection.ensure_connection()
        gate.wait()
        try:
            if act():
                told.append(door)
        except Exception as error:  # every kind of failure is an answer that the test looks at
            failed.append(f"{door}: {type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=one) for one in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    live = Appointment.objects.filter(slot=slot.pk).exclude(status="cancelled")
    return {
        "told": dict(Counter(told)),
        "failed": failed,
        "live": live.count(),
        "slot_knows": Slot.objects.get(pk=slot.pk).appointment in set(live.values_list("pk", flat=True)),
    }


def _slot() -> Slot:
    """Store a time as its clinic's system sends it."""
    clinic = FacilityFactory()
    found = _taken({"resourceType": "Slot", "id": "one", "schedule": {"reference": "Schedule/s"}, "status": "free"}
                   | _times())  # fmt: skip
    assert found is Fate.CREATED, found
    slot = Slot.objects.get()
    Slot.objects.update(facility=clinic)
    slot.refresh_from_db()
    return slot


def _times() -> dict[str, str]:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {"start": start.isoformat(), "end": (start + timedelta(minutes=15)).isoformat()}


def _taken(resource: dict[str, Any]) -> Fate:
    unit = Unit("single", "race", NOWHERE, (Entry(dict(resource), dumps(resource)),))
    (outcome,) = intake.take(SystemScope.of(SOURCE), [unit], now=timezone.now())
    return outcome.fate


def _page(browser: Any, key: str, slot: Slot) -> Callable[[], bool]:
    """Press «Подтвердить»."""
    address = f"/p/{key}/appointments/book/confirm/"

    def act() -> bool:
        answer = browser.post(address, {"slot": str(slot.pk), "key": str(uuid4())})
        assert answer.status_code in (303, 409), answer.status_code
        return bool(answer.status_code == 303)

    return act


def _import(number: int, slot: Slot) -> Callable[[], bool]:
    """Let the clinic's system tell of a booking of its own."""
    patient = {"resourceType": "Patient", "id": f"p{number}", "name": [{"family": "Пробный"}]}
    assert _taken(patient) is Fate.CREATED
    resource = {
        "resourceType": "Appointment",
        "id": f"a{number}",
        "status": "booked",
        "slot": [{"reference": "Slot/one"}],
        "participant": [{"actor": {"reference": f"Patient/p{number}"}, "status": "accepted"}],
    } | _times()
    return lambda: _taken(resource) is Fate.CREATED


def _desk(patient_id: Any, slot: Slot) -> Callable[[], bool]:
    """Book at the clinic's desk."""
    assert slot.facility_id is not None
    scope = StaffScope(Actor(ActorKind.STAFF, "desk"), slot.facility_id, "registrar", "booking")

    def act() -> bool:
        order = Order(slot_id=slot.pk, key=uuid4(), patient_id=patient_id, channel="Registry")
        try:
            booking.book(scope, order, now=timezone.now())
        except BookingRefused:
            return False
        return True

    return act


def write(doors: str) -> None:
    """Write the result of `main` as one line of JSON. `doors`: `30,10,10`."""
    sys.stdout.write(json.dumps(main([int(one) for one in doors.split(",")])) + "\n")
