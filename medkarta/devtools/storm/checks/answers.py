"""What people were told must be so."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from medkarta.devtools.storm.facts import Evidence
from medkarta.devtools.storm.record import Call

BOOKING = ("confirm", "desk.book", "import.book", "accept")
ENDING = ("cancel", "desk.cancel", "import.cancel", "withdraw")
UNSURE = ("ok", "lost", "failed")
"""Outcomes after which something may have been done."""
NEVER = float("inf")


def confirmed_are_kept(evidence: Evidence) -> Iterator[str]:
    """Every booking that was answered with «готово» is there, on its time, for its person."""
    for call in _booked(evidence):
        found = evidence.bookings.get(call.appointment)
        if found is None:
            yield f"{call.op} {call.id} was answered with booking {call.appointment}, which is not there"
        elif call.person and found.person != call.person:
            yield f"{call.op} {call.id} was answered with booking {found.id} of another person"
        elif call.slot and found.slot != call.slot and call.op != "import.book":
            yield f"{call.op} {call.id} asked for slot {call.slot}, booking {found.id} has {found.slot}"
        elif call.move and found.moved_from != call.move:
            yield f"{call.op} {call.id} moved {call.move}, booking {found.id} comes from {found.moved_from}"
    for call in evidence.calls:
        if call.op == "cancel" and call.outcome == "ok":
            found = evidence.bookings.get(call.appointment_id)
            if found is None or found.is_live:
                yield f"cancel {call.id} was answered, booking {call.appointment_id} lives on"


def nothing_false(evidence: Evidence) -> Iterator[str]:
    """No first press of a form is answered with a booking that had ended before it was pressed."""
    ended = _answered_ends(evidence.calls)
    for call in _booked(evidence):
        if call.op == "confirm" and not call.retry and ended.get(call.appointment, NEVER) < call.at:
            yield f"confirm {call.id} was answered with booking {call.appointment}, which had ended before"


def ends_are_explained(evidence: Evidence) -> Iterator[str]:
    """A booking ends only when somebody asked for it: by a cancel, by a move, by its clinic."""
    asked = _asked_to_end(evidence.calls) | _swapped(evidence)
    for one in evidence.bookings.values():
        if one.status == "cancelled" and one.id not in asked:
            yield f"booking {one.id} was cancelled, and nobody had asked for it"


def keys_give_one(evidence: Evidence) -> Iterator[str]:
    """Every press with one key has one end. A refusal is none, unless the booking stood before it was pressed."""
    pressed: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in evidence.calls:
        if call.key and call.person:
            pressed[call.key, call.person].append(call)
    keys = {one.id: one.key for one in evidence.bookings.values()}
    for (key, _person), calls in pressed.items():
        given = [call for call in calls if call.outcome == "ok" and call.appointment]
        ids = {call.appointment for call in given}
        if len(ids) > 1:
            yield f"the key {key} gave {len(ids)} bookings"
        if any(one in keys and keys[one] != key for one in ids):
            yield f"the booking of the key {key} does not keep it"
        first = min((call.end for call in given), default=NEVER)
        late = [call.id for call in calls if call.at > first and call.outcome == "refused"]
        if late:
            yield f"the key {key} had its booking, and a retry was refused: {', '.join(late)}"


def holds_are_respected(evidence: Evidence) -> Iterator[str]:
    """While somebody's hold lasts, nobody else gets the time.

    Certain of a hold: from its answer on, until so long after it was sent as holds last, or until the next thing
    that the same person asked for, or that was under way when it was given.
    """
    acts: dict[str, list[Call]] = defaultdict(list)
    takes: dict[str, list[Call]] = defaultdict(list)
    for call in evidence.calls:
        if call.person and call.op in ("hold", *BOOKING):
            acts[call.person].append(call)
        if call.slot and call.outcome == "ok" and call.op in ("hold", *BOOKING) and not call.retry:
            takes[call.slot].append(call)
    for calls in takes.values():
        for held in calls:
            if held.op != "hold":
                continue
            until = min([held.at + evidence.hold_seconds, *_own_acts(acts[held.person], held)])
            for other in calls:
                if other.person != held.person and held.end < other.at and other.end < until:
                    yield f"{other.op} {other.id} got slot {held.slot} while hold {held.id} of another lasted"


def _own_acts(acts: Iterable[Call], held: Call) -> Iterator[float]:
    """Yield when the same person may have dropped a hold: a refusal drops nothing."""
    for one in acts:
        if one is not held and one.end > held.at and one.outcome in UNSURE:
            yield max(one.at, held.at)


def _booked(evidence: Evidence) -> Iterator[Call]:
    for call in evidence.calls:
        if call.op in BOOKING and call.outcome == "ok" and call.appointment and call.fate != "unchanged":
            yield call


def _swapped(evidence: Evidence) -> set[str]:
    """Return what the waiting list gave up for an earlier time, as its entries had asked for."""
    new = [evidence.bookings.get(one.appointment or "") for one in evidence.entries.values()]
    return {one.moved_from for one in new if one is not None and one.moved_from is not None}


def _answered_ends(calls: Iterable[Call]) -> dict[str, float]:
    """Return when each booking had ended for certain: its cancel or its move was answered."""
    found: dict[str, float] = {}
    for call in calls:
        if call.outcome != "ok":
            continue
        ended = call.appointment_id if call.op in ENDING else call.move if call.op == "confirm" else None
        if ended:
            found[ended] = min(call.end, found.get(ended, NEVER))
    return found


def _asked_to_end(calls: Iterable[Call]) -> set[str]:
    """Return what anybody may have ended: also by what was never answered."""
    found = set()
    for call in calls:
        if call.outcome in UNSURE:
            if call.op in ENDING and call.appointment_id:
                found.add(call.appointment_id)
            found.update(call.ends or ())
            if call.move:
                found.add(call.move)
    return found
