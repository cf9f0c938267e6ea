"""Who gives times, where and of what: doctors' posts and rooms. No patient's data, so a process keeps it for a while.

A position is a specialty by its code, else what the clinic calls it: some systems send names only.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from hashlib import blake2b
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import BooleanField
from django.db.models.functions import Coalesce

from medkarta.core.models import first_of
from medkarta.core.text import folded
from medkarta.facilities import queries as facilities
from medkarta.scheduling.models import Schedule
from medkarta.ui import format

Key = TypeVar("Key", bound=Hashable)
SAMPLES = 8
KEPT_TIMES = 12
"""How many times longer than the numbers of booking this is kept: 60 s by default."""


@dataclass(frozen=True, slots=True)
class Clinic:
    """Where times are given. `point`: latitude and longitude; `rating` in words, "" while there are too few marks."""

    id: UUID
    name: str
    address: str
    phone: str
    point: tuple[float, float] | None
    rating: str
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Post:
    """A doctor's post, or a room (`is_room`), with a schedule. `position` is its key, `code` its specialty's code."""

    schedule_id: UUID
    role_id: UUID | None
    location_id: UUID | None
    facility_id: UUID | None
    position: str
    code: str
    title: str
    doctor: str
    cabinet: str
    is_room: bool
    is_active: bool
    comment: str
    serves_adults: bool
    serves_children: bool
    clinic: Clinic


@dataclass(frozen=True, slots=True)
class Directory:
    """All posts, and ways to them that a page needs at once. `samples`: a few posts of each kind of a position, since

    the rules tell them apart by little. `words`: of names and positions, with the places of their posts in `posts`.
    """

    posts: tuple[Post, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)
    by_position: dict[str, tuple[Post, ...]] = field(default_factory=dict)
    by_role: dict[UUID, tuple[Post, ...]] = field(default_factory=dict)
    by_clinic: dict[UUID, tuple[Post, ...]] = field(default_factory=dict)
    samples: dict[str, tuple[Post, ...]] = field(default_factory=dict)
    words: dict[str, frozenset[int]] = field(default_factory=dict)
    clinics: dict[UUID, Clinic] = field(default_factory=dict)


class _Kept:
    directory = Directory()
    until = 0.0


def directory(*, now: datetime) -> Directory:
    """Return all posts with the names of their positions and clinics. Three statements about once a minute."""
    if monotonic() >= _Kept.until:
        _Kept.directory = _read(now)
        _Kept.until = monotonic() + settings.SETTINGS_KEPT_SECONDS * KEPT_TIMES
    return _Kept.directory


def forget() -> None:
    """Read it anew next time: for the process that has just changed it."""
    _Kept.until = 0.0


def find_rooms(
    known: Directory, *, location_id: UUID | None, facility_id: UUID | None, service: str
) -> tuple[UUID, ...]:
    """Return the rooms that a study is done in: the one that is named, else those of the clinic that do it by name."""
    rooms = [one for one in known.posts if one.location_id]
    named = [one for one in rooms if one.location_id == location_id]
    wanted = folded(service)
    by_name = [
        one for one in rooms if wanted and folded(one.title) == wanted and facility_id in (None, one.facility_id)
    ]
    return tuple(one.location_id for one in named or by_name if one.location_id)


def position_of(code: str, name: str) -> str:
    """Return the key of a position: its code, else a short digest of its name."""
    if code:
        return code
    return f"n-{blake2b(folded(name).encode(), digest_size=6).hexdigest()}" if name else ""


def _read(now: datetime) -> Directory:
    role, place = "practitioner_role", "location"
    rows = (
        Schedule.objects.exclude(practitioner_role__is_active=False)
        .annotate(
            clinic=Coalesce("facility_id", f"{role}__facility_id", f"{place}__facility_id"),
            zone=first_of("facility__timezone", f"{role}__facility__timezone", f"{place}__facility__timezone"),
            code=first_of("specialty_code", f"{role}__specialty_code"),
            specialty=first_of(f"{role}__position_name", "specialty_name", f"{role}__specialty_name", "service_name"),
            doctor=first_of(
                f"{role}__practitioner__full_name", f"{role}__practitioner_name", "practitioner__full_name"
            ),
            adults=_flag("serves_adults"),
            children=_flag("serves_children"),
        )
        .order_by("id")
        .values(
            "pk", "clinic", "zone", "code", "specialty", "doctor", "adults", "children", "is_active", "comment",
            "practitioner_role_id", "location_id", f"{role}__cabinet", f"{place}__name", f"{place}__is_room",
        )
    )  # fmt: skip
    found = list(rows)
    clinics = _clinics(found, now=now)
    posts = tuple(_post(one, clinics) for one in found if one["clinic"] in clinics)
    by_position = _grouped((one.position, one) for one in posts if one.position)
    return Directory(
        posts=posts,
        titles={key: Counter(one.title for one in them).most_common(1)[0][0] for key, them in by_position.items()},
        by_position=by_position,
        by_role=_grouped((one.role_id, one) for one in posts if one.role_id),
        by_clinic=_grouped((one.facility_id, one) for one in posts if one.facility_id),
        samples={key: _samples(them) for key, them in by_position.items()},
        words=_words(posts),
        clinics=clinics,
    )


def _grouped(pairs: Iterable[tuple[Key, Post]]) -> dict[Key, tuple[Post, ...]]:
    found: dict[Key, list[Post]] = defaultdict(list)
    for key, post in pairs:
        found[key].append(post)
    return {key: tuple(them) for key, them in found.items()}


def _samples(posts: tuple[Post, ...]) -> tuple[Post, ...]:
    """Return some posts of each kind, each of another clinic: more than anybody is attached to."""
    found: dict[tuple[object, ...], dict[UUID | None, Post]] = defaultdict(dict)
    for one in posts:
        them = found[one.code, one.is_room, one.serves_adults, one.serves_children]
        if len(them) < SAMPLES:
            them.setdefault(one.facility_id, one)
    return tuple(one for them in found.values() for one in them.values())


def _words(posts: tuple[Post, ...]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for place, one in enumerate(posts):
        for word in folded(f"{one.doctor} {one.title}").split() if one.doctor else ():
            found[word].add(place)
    return {word: frozenset(places) for word, places in found.items()}


def _flag(name: str) -> Coalesce:
    sides = ("facility", "practitioner_role__facility", "location__facility")
    return Coalesce(*(f"{side}__{name}" for side in sides), False, output_field=BooleanField())


def _clinics(rows: list[dict[str, Any]], *, now: datetime) -> dict[UUID, Clinic]:
    zones = {one["clinic"]: one["zone"] for one in rows if one["clinic"]}
    found = facilities.list_for_ids(zones, now=now)
    return {
        pk: Clinic(
            id=one.id,
            name=one.name,
            address=one.address,
            phone=one.phones[0].text if one.phones else "",
            point=(one.latitude, one.longitude) if one.latitude is not None and one.longitude is not None else None,
            rating=one.rating_text,
            zone=format.zone_of(zones[pk]),
        )
        for pk, one in found.items()
    }


def _post(one: dict[str, Any], clinics: dict[UUID, Clinic]) -> Post:
    is_room = bool(one["location__is_room"]) and one["practitioner_role_id"] is None
    return Post(
        schedule_id=one["pk"],
        role_id=one["practitioner_role_id"],
        location_id=one["location_id"] if is_room else None,
        facility_id=one["clinic"],
        position=position_of(one["code"], one["specialty"]),
        code=one["code"],
        title=one["specialty"],
        doctor=one["doctor"],
        cabinet=(one["location__name"] if is_room else one["practitioner_role__cabinet"]) or "",
        is_room=is_room,
        is_active=one["is_active"],
        comment=one["comment"],
        serves_adults=one["adults"],
        serves_children=one["children"],
        clinic=clinics[one["clinic"]],
    )
