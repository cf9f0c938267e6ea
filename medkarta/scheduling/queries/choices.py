"""What the first step of a booking offers: positions, the doctors of last time, clinics."""

from dataclasses import dataclass
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
    for key, posts in seeker.directory.by_position.items():
        here = [one for one in posts if not one.is_room and facility_id in (None, one.facility_id)]
        verdicts = {seeker.verdict(one) for one in here if seeker.verdict(one).fits}
        if not verdicts:
            continue
        needs_referral = all(one.needs_referral for one in verdicts)
        codes = sorted(one.code for one in verdicts)
        home = next(
            (one.facility_id for one in here if finding.is_home(seeker, one) and not seeker.verdict(one).code), None
        )
        row = PositionRow(key, seeker.directory.titles[key], codes[0], facility_id or home)
        (by_referral if needs_referral else own).append(row)
    by_name = [sorted(rows, key=lambda one: one.title) for rows in (own, by_referral)]
    return by_name[0], by_name[1]


def list_last(scope: PatientScope, seeker: Seeker) -> list[finding.DoctorRow]:
    """Return the doctors that this person was booked to last and may be again, the latest first. Two statements."""
    visits = (
        Appointment.objects.for_scope(scope)
        .filter(status__in=rules.KEPT_APPOINTMENT, practitioner_role__isnull=False)
        .order_by("-starts_at", "id")
        .values_list("id", "practitioner_role_id")[:LAST_READ]
    )
    by_role = {one.role_id: one for one in seeker.directory.posts}
    found: dict[UUID, Post] = {}
    for pk, role in visits:
        post = by_role.get(role)
        if post and len(found) < LAST_SHOWN and post.schedule_id not in found and not seeker.verdict(post).code:
            scope.reads.add("Appointment", [pk])
            found[post.schedule_id] = post
    return finding.doctors_of(seeker, list(found.values()))


def list_places(seeker: Seeker) -> list[tuple[UUID, Clinic, float | None]]:
    """Return the clinics where this person may book something, the own one first, then by distance. No statement."""
    found: dict[UUID, Post] = {}
    for post in seeker.directory.posts:
        if post.facility_id and post.facility_id not in found and not post.is_room and not seeker.verdict(post).code:
            found[post.facility_id] = post
    order = sorted(found, key=lambda one: finding.clinic_order(seeker, one, [found[one]]))
    return [(one, found[one].clinic, seeker.distance(found[one].clinic)) for one in order]
