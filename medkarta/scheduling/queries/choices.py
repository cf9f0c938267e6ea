"""What the first step of a booking offers: positions, the doctors of last time, clinics."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from medkarta.core.scopes import PatientScope
from medkarta.scheduling import rules
from medkarta.scheduling.models import Appointment
from medkarta.scheduling.queries import finding
from medkarta.scheduling.queries.finding import Seeker
from medkarta.scheduling.queries.posts import Clinic, Post

LAST_SHOWN, LAST_READ = 3, 30


@dataclass(frozen=True, slots=True)
class PositionRow:
    """A position to choose. `code`: why it can't be booked everywhere at once, "" when it can somewhere."""

    key: str
    title: str
    code: str
    home_id: UUID | None


def list_positions(seeker: Seeker, *, facility_id: UUID | None = None) -> tuple[list[PositionRow], list[PositionRow]]:
    """Return the positions that this person may book himself, and those for a referral; by name. No statement."""
    own: list[PositionRow] = []
    by_referral: list[PositionRow] = []
    for key, here in _candidates(seeker, facility_id).items():
        verdicts = {seeker.verdict(one) for one in here if seeker.verdict(one).fits}
        if not verdicts:
            continue
        needs_referral = all(one.needs_referral for one in verdicts)
        codes = sorted(one.code for one in verdicts)
        own_clinic = (one for one in here if finding.is_home(seeker, one) and not seeker.verdict(one).code)
        home = next((one.facility_id for one in own_clinic), None)
        row = PositionRow(key, seeker.directory.titles[key], codes[0], facility_id or home)
        (by_referral if needs_referral else own).append(row)
    by_name = [sorted(rows, key=lambda one: one.title) for rows in (own, by_referral)]
    return by_name[0], by_name[1]


def _candidates(seeker: Seeker, facility_id: UUID | None) -> dict[str, list[Post]]:
    """Return posts by position: all of one clinic, else some of every kind with those that rules may treat apart."""
    known = seeker.directory
    if facility_id is not None:
        posts: Iterable[Post] = known.by_clinic.get(facility_id, ())
    else:
        special = seeker.client.registered_facility_ids | seeker.peculiar
        samples = (one for them in known.samples.values() for one in them)
        posts = chain(samples, *(known.by_clinic.get(one, ()) for one in special))
    found: dict[str, list[Post]] = {}
    for one in posts:
        if one.position and not one.is_room:
            found.setdefault(one.position, []).append(one)
    return found


def list_last(scope: PatientScope, seeker: Seeker) -> list[finding.DoctorRow]:
    """Return the doctors that this person was booked to last and may be again, the latest first. Two statements.

    Positions that he waits to be seen by already are left out: a second booking there would be refused.
    """
    visits = list(
        Appointment.objects.for_scope(scope)
        .filter(status__in=rules.KEPT_APPOINTMENT, practitioner_role__isnull=False)
        .order_by("-starts_at", "id")
        .values_list("id", "practitioner_role_id", "status", "ends_at")[:LAST_READ]
    )
    ahead = {
        post.position
        for _pk, role, status, ends_at in visits
        if rules.is_ahead(status=status, ends_at=ends_at, now=seeker.now, live=rules.LIVE_APPOINTMENT)
        for post in seeker.directory.by_role.get(role, ())
    }
    found: dict[UUID, Post] = {}
    for pk, role, _status, _ends_at in visits:
        post = next(iter(seeker.directory.by_role.get(role, ())), None)
        if post and post.position in ahead:
            continue
        if post and len(found) < LAST_SHOWN and post.schedule_id not in found and not seeker.verdict(post).code:
            scope.reads.add("Appointment", [pk])
            found[post.schedule_id] = post
    return finding.doctors_of(seeker, list(found.values()))


def list_places(seeker: Seeker) -> list[tuple[UUID, Clinic, float | None]]:
    """Return the clinics where this person may book something, the own one first, then by distance. No statement."""
    found: dict[UUID, Post] = {}
    for facility_id, posts in seeker.directory.by_clinic.items():
        open_one = next((one for one in posts if not one.is_room and not seeker.verdict(one).code), None)
        if open_one is not None:
            found[facility_id] = open_one
    order = sorted(found, key=lambda one: finding.clinic_order(seeker, one, [found[one]]))
    return [(one, found[one].clinic, seeker.distance(found[one].clinic)) for one in order]
