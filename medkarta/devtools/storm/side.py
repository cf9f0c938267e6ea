"""A clinic's desk and its system, acting on the same times beside the pages: `… .side WORLD LOG SEED`.

A process of its own with the same actions that `medkarta desk` and `medkarta import` call. It may be killed at any
moment; started again, it goes on with another seed.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from medkarta.devtools.storm.record import Recorder
from medkarta.devtools.storm.waiters import Waiters
from medkarta.devtools.storm.world import SOURCE

PAUSE_SECONDS = (0.02, 0.25)
BLOCKED = timedelta(minutes=30)


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "medkarta.config.settings"
    import django

    django.setup()
    world = json.loads(Path(sys.argv[1]).read_text())
    record = Path(sys.argv[2])
    side = Side(world, Recorder(record), random.Random(f"{sys.argv[3]}-{os.getpid()}"))
    with record.open() as lines:
        side.remember(lines)
    while True:
        side.act()
        time.sleep(side.dice.uniform(*PAUSE_SECONDS))


class Side:
    """`sent`: what the clinic's system has told of and may take back, appointment -> how it was told."""

    def __init__(self, world: dict[str, Any], recorder: Recorder, dice: random.Random) -> None:
        self.world, self.recorder, self.dice = world, recorder, dice
        self.sent: dict[str, dict[str, Any]] = {}
        waiters = Waiters(world, dice, self.call)
        self.acts: dict[Callable[[], None], int] = {
            self.book: 6, self.cancel: 4, self.send: 5, self.send_cancelled: 4, self.block: 1, self.unblock: 2,
            waiters.join: 2, waiters.answer: 3,
        }  # fmt: skip

    def remember(self, lines: Iterable[str]) -> None:
        """Take up what the system had sent before it was killed."""
        times = {one["id"]: one for one in self.world["times"]}
        people = {one["person"]: one for one in self.world["patients"]}
        for text in lines:
            if '"op":"import.' in text:
                line = json.loads(text)
                self.sent.pop(line["appointment_id"], None)
                if line["op"] == "import.book":
                    made = {"rid": line["rid"], "time": times[line["slot"]], "patient": people[line["person"]]}
                    self.sent[line["appointment_id"]] = made | {"version": 1}

    def act(self) -> None:
        """Do one thing. A database that goes away while it is being prepared costs a pause."""
        from django.db import Error, close_old_connections

        try:
            self.dice.choices(list(self.acts), list(self.acts.values()))[0]()
        except Error:
            close_old_connections()
            time.sleep(0.2)

    def book(self) -> None:
        from medkarta.scheduling.actions import booking
        from medkarta.scheduling.actions.checks import Order

        time_, patient, key = self.dice.choice(self.world["times"]), self.dice.choice(self.world["patients"]), uuid4()
        scope = self._scope(time_["clinic"])
        order = Order(slot_id=UUID(time_["id"]), key=key, patient_id=UUID(patient["patient"]), channel="Registry")

        def do(now: datetime) -> dict[str, str]:
            return {"appointment": str(booking.book(scope, order, now=now).pk)}

        self.call("desk.book", do, slot=time_["id"], key=str(key), person=patient["person"])

    def cancel(self) -> None:
        """Cancel a visit that the desk has booked."""
        from medkarta.scheduling.actions import releasing
        from medkarta.scheduling.models import Appointment

        live = Appointment.objects.filter(channel="Registry", status="booked")
        found = list(live.values_list("pk", "patient_id", "facility_id")[:50])
        if not found:
            return
        appointment, patient, clinic = self.dice.choice(found)
        scope = self._scope(str(clinic))

        def do(now: datetime) -> dict[str, str]:
            releasing.cancel(scope, appointment_id=appointment, patient_id=patient, now=now)
            return {}

        self.call("desk.cancel", do, appointment_id=str(appointment))

    def block(self) -> None:
        """Take two neighbouring times of a doctor out of the schedule, if nobody is booked there."""
        from medkarta.scheduling.actions import absences

        time_ = self.dice.choice(self.world["times"])
        start = datetime.fromisoformat(time_["starts_at"])

        def do(now: datetime) -> dict[str, str]:
            absence = absences.block(
                self._scope(time_["clinic"]), schedule_id=UUID(time_["schedule"]), starts_at=start,
                ends_at=start + BLOCKED, note="storm", now=now,
            )  # fmt: skip
            return {"absence": str(absence)}

        self.call("desk.block", do)

    def unblock(self) -> None:
        from medkarta.scheduling.actions import absences
        from medkarta.scheduling.models import Absence

        found = list(Absence.objects.filter(withdrawn_at=None).values_list("pk", "schedule__facility_id")[:50])
        if not found:
            return
        absence, clinic = self.dice.choice(found)

        def do(now: datetime) -> dict[str, str]:
            absences.withdraw_absence(self._scope(str(clinic)), absence_id=absence, now=now)
            return {}

        self.call("desk.unblock", do, absence=str(absence))

    def send(self) -> None:
        """Let the clinic's system tell of an appointment that it has made."""
        time_, patient = self.dice.choice(self.world["times"]), self.dice.choice(self.world["patients"])
        self._send({"rid": f"a{uuid4().hex[:12]}", "time": time_, "patient": patient, "version": 1}, "booked")

    def send_cancelled(self) -> None:
        if self.sent:
            known = self.sent.pop(self.dice.choice(list(self.sent)))
            self._send(known | {"version": known["version"] + 1}, "cancelled")

    def _send(self, made: dict[str, Any], status: str) -> None:
        from medkarta.core.ids import resource_id
        from medkarta.core.scopes import SystemScope
        from medkarta.gateway import intake
        from medkarta.gateway.outcomes import Fate
        from medkarta.hl7.canonical import dumps
        from medkarta.hl7.reading import Entry, Unit
        from medkarta.hl7.units import NOWHERE

        found = _appointment(made, status)
        unit = Unit("single", "storm", NOWHERE, (Entry(found, dumps(found)),))
        appointment = str(resource_id(SOURCE, "Appointment", made["rid"]))

        def do(now: datetime) -> dict[str, str]:
            (outcome,) = intake.take(SystemScope.of(SOURCE), [unit], now=now)
            if outcome.fate is Fate.REJECTED:
                return {"outcome": "refused", "reason": str(outcome.reasons[0].text)}
            return {"appointment": appointment, "fate": outcome.fate.value}

        facts = {"slot": made["time"]["id"], "person": made["patient"]["person"], "rid": made["rid"]}
        if status == "booked":
            self.sent[appointment] = made
            self.call("import.book", do, appointment_id=appointment, **facts)
        else:
            self.call("import.cancel", do, appointment_id=appointment)

    def _scope(self, clinic: str) -> Any:
        from medkarta.core.scopes import Actor, ActorKind, StaffScope

        return StaffScope(Actor(ActorKind.STAFF, "storm-desk"), UUID(clinic), "registrar", "storm")

    def call(self, op: str, do: Callable[[datetime], dict[str, Any]], **facts: Any) -> None:
        """Do one thing, written down before and after. A database that is away makes the end unknown."""
        from django.db import Error, close_old_connections
        from django.utils import timezone

        from medkarta.core.errors import NotFound, Refused

        call = self.recorder.sent(op, **facts)
        try:
            close_old_connections()
            answer = {"outcome": "ok"} | do(timezone.now())
        except Refused as refusal:
            answer = {"outcome": "refused", "code": getattr(refusal, "code", "")}
        except NotFound:
            answer = {"outcome": "missing"}
        except Error as error:
            answer = {"outcome": "lost", "error": type(error).__name__, "locked": "is locked" in str(error)}
            time.sleep(0.2)
        self.recorder.answered(call, answer.pop("outcome"), **answer)


def _appointment(made: dict[str, Any], status: str) -> dict[str, Any]:
    time_ = made["time"]
    found = {
        "resourceType": "Appointment",
        "id": made["rid"],
        "meta": {"versionId": str(made["version"])},
        "status": status,
        "start": time_["starts_at"],
        "end": time_["ends_at"],
        "slot": [{"reference": f"Slot/{time_['rid']}"}],
        "participant": [{"actor": {"reference": f"Patient/{made['patient']['rid']}"}, "status": "accepted"}],
    }
    if status == "cancelled":
        found["cancelationReason"] = {"text": "Отменена клиникой"}
    return found


if __name__ == "__main__":
    main()
