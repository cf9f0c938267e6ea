"""What the waiting list promises: an answer to everybody in turn, one time to one person, a request that agrees."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from medkarta.devtools.storm.facts import Entry, Evidence, Offer, Time

SHARED_FROM = timedelta(hours=3)
"""How near a visit has to be for several to be asked at once."""
MARGIN = timedelta(seconds=5)
"""A moment is known no better: a worker reads the clock before it waits for its locks."""
LONGEST_SECONDS = 60
"""After which a call that nobody answered is not under way any more."""


def offers_are_exclusive(evidence: Evidence) -> Iterator[str]:
    """One time is offered to one person at a time, unless the visit is near.

    An act is dated by when it began; it may have waited for somebody else's writes since.
    """
    of_slot: dict[str, list[Offer]] = defaultdict(list)
    for one in evidence.offers:
        time = evidence.times.get(one.slot)
        if time and time.starts_at - one.sent_at >= SHARED_FROM:
            of_slot[one.slot].append(one)
    for slot, offers in of_slot.items():
        offers.sort(key=lambda one: one.sent_at)
        last: Offer | None = None
        for one in offers:
            if last is not None and one.sent_at < _end(last) - MARGIN:
                yield f"slot {slot} was offered to {one.entry} while {last.entry} could still answer"
            last = one if last is None or _end(one) > _end(last) else last


def requests_agree(evidence: Evidence) -> Iterator[str]:
    """Each entry has one request, in the same status; one that is booked names a booking of its person."""
    for one in evidence.entries.values():
        if one.requests != (one.status,):
            yield f"entry {one.id} is «{one.status}», its requests are {list(one.requests)}"
        if one.status == "booked":
            found = evidence.bookings.get(one.appointment or "")
            if found is None or found.person != one.person:
                yield f"entry {one.id} is booked, and {one.appointment} is no booking of its person"
        live = [offer.id for offer in evidence.offers if offer.entry == one.id and offer.state == "sent"]
        if (one.status == "offered") != (len(live) == 1):
            yield f"entry {one.id} is «{one.status}» and has {len(live)} offers to answer"


def order_is_kept(evidence: Evidence) -> Iterator[str]:
    """Nobody is asked while one whose turn comes before him waits for just such a time and could have it."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    for entry in evidence.entries.values():
        entries[entry.position].append(entry)
    asked: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for offer in evidence.offers:
        asked[offer.slot, offer.entry].append(offer.sent_at)
    busy = _busy(evidence)
    for offer in evidence.offers:
        time, given = evidence.times.get(offer.slot), evidence.entries.get(offer.entry)
        if time is None or given is None:
            continue
        for other in entries[given.position]:
            if (
                other.turn < given.turn
                and (not other.clinics or time.clinic in other.clinics)
                and not any(at <= offer.sent_at for at in asked[offer.slot, other.id])
                and _waits_quietly(other, offer.sent_at)
                and not _is_taken(busy.get(other.person, []), offer.sent_at)
                and not _has_visit(evidence, other.person, time, offer.sent_at)
            ):
                yield f"slot {offer.slot} was offered to {given.id} while {other.id} before him waited"


def _end(offer: Offer) -> datetime:
    """Return when an offer was over: answered, or its deadline."""
    return min(offer.answered_at or offer.deadline, offer.deadline)


def _waits_quietly(entry: Entry, at: datetime) -> bool:
    """Tell whether an entry waited without an offer at a moment, and for a while around it."""
    before = [status for moment, status in entry.history if moment < at - MARGIN]
    around = [status for moment, status in entry.history if at - MARGIN <= moment <= at + MARGIN]
    return bool(before) and before[-1] == "created" and not around


def _busy(evidence: Evidence) -> dict[str, list[tuple[float, float]]]:
    """Return when something of each person's own was under way: he, or his entry, may have been locked."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for call in evidence.calls:
        if call.person:
            found[call.person].append((call.at, min(call.end, call.at + LONGEST_SECONDS)))
    return found


def _is_taken(busy: list[tuple[float, float]], at: datetime) -> bool:
    moment, margin = at.timestamp(), MARGIN.total_seconds()
    return any(start - margin <= moment <= end + margin for start, end in busy)


def _has_visit(evidence: Evidence, person: str, time: Time, at: datetime) -> bool:
    """Tell whether a person had, around a moment, a visit that forbids this one."""
    for one in evidence.bookings.values():
        if one.person != person or one.starts_at is None or one.ends_at is None:
            continue
        was_there = (one.made_at is None or one.made_at <= at + MARGIN) and (
            one.is_live or one.changed_at is None or one.changed_at >= at - MARGIN
        )
        slot = evidence.times.get(one.slot or "")
        same = one.position == time.position or (slot is not None and slot.position == time.position)
        if was_there and (same or (one.starts_at < time.ends_at and one.ends_at > time.starts_at)):
            return True
    return False
