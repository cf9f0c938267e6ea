"""Reads the tables and the record of a storm and says what does not hold: `… .verdict WORLD LOG CHILDREN'S-LOGS…`.

Writes one JSON object to standard output: the violations, and what the run was like.
"""

import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from medkarta.devtools.storm.facts import Booking, Entry, Evidence, Offer, Queued, Time
from medkarta.devtools.storm.record import Call, read

FAILURES = ("database is locked", "deadlock detected")


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "medkarta.config.settings"
    import django

    django.setup()
    from medkarta.devtools.storm.checks import violations

    world = json.loads(Path(sys.argv[1]).read_text())
    with Path(sys.argv[2]).open() as lines:
        calls, faults = read(lines)
    evidence = Evidence(
        calls=calls, faults=faults, bookings=_bookings(), slots=_slots(), times=_times(world), events=_events(),
        audited=_audited(), notices=_notices(), queue=_queue(), entries=_entries(), offers=_offers(), seals=_seals(),
        logs=list(_failures(Path(one) for one in sys.argv[3:])), hold_seconds=world["hold_seconds"],
    )  # fmt: skip
    found = [{"check": name, "text": text} for name, text in violations(evidence)]
    json.dump({"violations": found, "told": _told(calls, evidence)}, sys.stdout)


def _bookings() -> dict[str, Booking]:
    from medkarta.scheduling.models import Appointment

    names = (
        "id", "patient__person_id", "patient_id", "slot_id", "status", "starts_at", "ends_at", "booking_key",
        "exclusive_position", "moved_from", "moved_to", "account_id", "is_withdrawn", "requested_at", "changed_at",
    )  # fmt: skip
    found = {}
    for row in Appointment.objects.values_list(*names).iterator():
        pk, person, patient, slot, status, start, end, key, position, old, new, account, *rest = row
        found[str(pk)] = Booking(
            str(pk), str(person or patient), _text(slot), status, start, end, _text(key), position,
            _text(old), _text(new), _text(account), *rest,
        )  # fmt: skip
    return found


def _slots() -> dict[str, str | None]:
    from medkarta.scheduling.models import Slot

    return {str(pk): _text(one) for pk, one in Slot.objects.values_list("pk", "appointment").iterator()}


def _times(world: dict[str, Any]) -> dict[str, Time]:
    return {
        one["id"]: Time(
            one["position"], one["clinic"], datetime.fromisoformat(one["starts_at"]),
            datetime.fromisoformat(one["ends_at"]),
        )
        for one in world["times"]
    }  # fmt: skip


def _events() -> list[tuple[str, str]]:
    from medkarta.scheduling.models import AppointmentEvent

    return [(str(pk), action) for pk, action in AppointmentEvent.objects.values_list("appointment_id", "action")]


def _audited() -> frozenset[tuple[str, str]]:
    from medkarta.audit.models import AuditEvent

    rows = AuditEvent.objects.filter(action__startswith="scheduling.").exclude(details__has_key="read")
    found: Iterable[tuple[str, dict[str, Any]]] = rows.values_list("action", "details").iterator()
    return frozenset((action, details["target"]) for action, details in found if "target" in details)


def _notices() -> frozenset[tuple[str, str]]:
    from medkarta.mailer.models import Notice

    rows: Iterable[tuple[str, dict[str, str]]] = Notice.objects.values_list("text", "params").iterator()
    return frozenset((text, params["appointment_id"]) for text, params in rows if "appointment_id" in params)


def _queue() -> list[Queued]:
    """Return what is left of the queue, but for periodic work; nobody delivers what has no handler yet."""
    from django.utils import timezone

    from medkarta.outbox import handlers
    from medkarta.outbox.models import OutboxEvent

    now = timezone.now()
    rows = OutboxEvent.objects.filter(period_seconds=None, handler__in=list(handlers.registered())).exclude(
        state="done"
    )
    names = ("handler", "key", "state", "due_at", "locked_until")
    return [
        Queued(handler, key, state, is_late=state == "waiting" and max(due_at, leased or due_at) < now)
        for handler, key, state, due_at, leased in rows.values_list(*names)
    ]


def _entries() -> dict[str, Entry]:
    from medkarta.requests.models import Request, RequestEvent
    from medkarta.scheduling.models import WaitlistEntry

    statuses: dict[str, list[str]] = defaultdict(list)
    for target, status in Request.objects.filter(kind="waitlist").values_list("target_id", "status"):
        statuses[str(target)].append(status)
    steps: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    events = RequestEvent.objects.filter(request__kind="waitlist").order_by("at", "id")
    for target, at, status in events.values_list("request__target_id", "at", "status"):
        steps[str(target)].append((at, status))
    found = {}
    for row in WaitlistEntry.objects.filter(is_own=True).select_related("patient"):
        pk = str(row.pk)
        found[pk] = Entry(
            pk, str(row.patient.person_id or row.patient_id), row.status, row.specialty_code, row.priority or 0,
            row.requested_at or steps[pk][0][0], tuple(row.facility_ids), _text(row.appointment),
            tuple(statuses[pk]), tuple(steps[pk]),
        )  # fmt: skip
    return found


def _offers() -> list[Offer]:
    from medkarta.scheduling.models import WaitlistOffer

    names = ("id", "entry_id", "slot_id", "state", "is_exclusive", "sent_at", "deadline", "answered_at")
    return [
        Offer(str(pk), str(entry), str(slot), *rest)
        for pk, entry, slot, *rest in WaitlistOffer.objects.values_list(*names)
    ]


def _seals() -> str:
    """Return what is wrong with the sealed access log, or ""."""
    from medkarta.audit import sealing

    verdict = sealing.verify()
    return "" if verdict.broken is None else f"batch {verdict.broken} of the access log does not hold"


def _failures(logs: Iterable[Path]) -> Iterator[str]:
    for path in logs:
        with path.open(errors="replace") as lines:
            yield from (line.strip()[:200] for line in lines if any(word in line for word in FAILURES))


def _told(calls: Sequence[Call], evidence: Evidence) -> dict[str, Any]:
    counted = Counter(f"{call.op} {call.outcome}" for call in calls)
    return {
        "operations": sum(call.outcome != "unsent" for call in calls),
        "by_kind": dict(sorted(counted.items())),
        "faults": dict(Counter(one.kind for one in evidence.faults)),
        "bookings": len(evidence.bookings),
        "live": sum(one.is_live for one in evidence.bookings.values()),
        "offers": len(evidence.offers),
        "audited": len(evidence.audited),
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


if __name__ == "__main__":
    main()
