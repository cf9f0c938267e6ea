"""What every change has to leave behind: history, access log, news, work in the queue."""

from collections.abc import Iterator

from medkarta.devtools.storm.facts import Evidence

LOGGED = frozenset({"booked", "pending", "moved-from", "moved-to", "cancelled"})
NEWS = {"scheduling.booked", "scheduling.moved", "scheduling.cancelled"}


def changes_are_audited(evidence: Evidence) -> Iterator[str]:
    """Each step of a history has its row, and no row tells of what has not happened."""
    events = set(evidence.events)
    for appointment, action in sorted(events):
        if (f"scheduling.{action}", appointment) not in evidence.audited:
            yield f"booking {appointment}: «{action}» is not in the access log"
    for name, target in sorted(evidence.audited):
        action = name.removeprefix("scheduling.")
        if action in LOGGED and (target, action) not in events:
            yield f"the access log tells of «{action}» of booking {target}, which has not happened"
    begun = {appointment for appointment, action in events if action in ("booked", "pending", "moved-from")}
    for one in evidence.bookings.values():
        if one.key and one.id not in begun:
            yield f"booking {one.id} has no beginning in its history"


def people_are_told(evidence: Evidence) -> Iterator[str]:
    """Whoever booked is told of the booking and of its end, and of nothing that is not so."""
    for text, appointment in sorted(evidence.notices):
        if text in NEWS and appointment not in evidence.bookings:
            yield f"«{text}» was told of booking {appointment}, which is not there"
    ended = {appointment for appointment, action in evidence.events if action == "cancelled"}
    for one in evidence.bookings.values():
        if one.account is None:
            continue
        text = "scheduling.moved" if one.moved_from else "scheduling.booked"
        if (text, one.id) not in evidence.notices:
            yield f"nobody was told of booking {one.id}"
        is_told = ("scheduling.cancelled", one.id) in evidence.notices
        if is_told != (one.id in ended):
            yield f"booking {one.id}: its end {'was told and is none' if is_told else 'was told to nobody'}"


def queue_is_worked_off(evidence: Evidence) -> Iterator[str]:
    for one in evidence.queue:
        if one.state == "dead":
            yield f"outbox: {one.handler} {one.key} is dead"
        elif one.is_late:
            yield f"outbox: {one.handler} {one.key} was left"


def seals_hold(evidence: Evidence) -> Iterator[str]:
    if evidence.seals:
        yield evidence.seals
