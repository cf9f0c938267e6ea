"""What the tables must agree on by themselves."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from medkarta.devtools.storm.facts import Booking, Evidence


def one_live_per_slot(evidence: Evidence) -> Iterator[str]:
    taken: dict[str | None, list[str]] = defaultdict(list)
    for one in evidence.bookings.values():
        if one.has_slot:
            taken[one.slot].append(one.id)
    for slot, ids in taken.items():
        if len(ids) > 1:
            yield f"slot {slot} has {len(ids)} live bookings: {', '.join(sorted(ids))}"


def no_overlap(evidence: Evidence) -> Iterator[str]:
    for found in _live_of_each(evidence).values():
        dated = sorted(
            (one.starts_at, one.ends_at, one.id)
            for one in found
            if one.starts_at is not None and one.ends_at is not None and one.starts_at < one.ends_at
        )
        for (_start, end, first), (start, _end, second) in pairwise(dated):
            if start < end:
                yield f"bookings {first} and {second} of one person overlap"


def one_per_position(evidence: Evidence) -> Iterator[str]:
    for found in _live_of_each(evidence).values():
        positions = [one.position for one in found if one.position]
        for position in sorted({one for one in positions if positions.count(one) > 1}):
            yield f"a person has {positions.count(position)} live bookings of the position {position}"


def slots_agree(evidence: Evidence) -> Iterator[str]:
    """A slot names its live booking, and nothing else."""
    owners: dict[str, set[str]] = defaultdict(set)
    for one in evidence.bookings.values():
        if one.has_slot and one.slot in evidence.slots:
            owners[one.slot or ""].add(one.id)
    for slot, named in evidence.slots.items():
        if named not in owners[slot] and (named is not None or owners[slot]):
            yield f"slot {slot} names {named}, its live bookings are {sorted(owners[slot])}"


def moves_are_whole(evidence: Evidence) -> Iterator[str]:
    """What was moved is cancelled and names its successor, which names it back: never one without the other."""
    moved_away = {appointment for appointment, action in evidence.events if action == "moved-to"}
    for one in evidence.bookings.values():
        if one.moved_to:
            new = evidence.bookings.get(one.moved_to)
            if new is None or new.moved_from != one.id or one.is_live:
                yield f"booking {one.id} was moved to {one.moved_to}, which does not fit"
        elif one.id in moved_away:
            yield f"booking {one.id} was given up for a move that has no new booking"
        if one.moved_from:
            old = evidence.bookings.get(one.moved_from)
            if old is None or old.moved_to != one.id or old.is_live:
                yield f"booking {one.id} was moved from {one.moved_from}, which does not fit"


def _live_of_each(evidence: Evidence) -> dict[str, list[Booking]]:
    found: dict[str, list[Booking]] = defaultdict(list)
    for one in evidence.bookings.values():
        if one.is_live:
            found[one.person].append(one)
    return found
