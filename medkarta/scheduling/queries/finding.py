"""Finding a time: who may be booked by this person, where, and how soon. Reads only; nothing is held here.

What is said here is said again by the rules inside the transaction that books (`actions.checks`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.patients import queries as patients
from medkarta.scheduling import grants
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.models import Schedule, SlotQuerySet
from medkarta.scheduling.queries import settings, slots
from medkarta.scheduling.queries.posts import Clinic, Directory, Post, directory
from medkarta.scheduling.rules import eligibility, places, rights
from medkarta.scheduling.rules.defaults import BookingRules

NEAREST_READ = 20
"""How many of the nearest times are read: the first may be of a doctor who has just left the directory."""
ANY_RIGHT = sum(rights.BITS.values())


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of a kind of post. `code`: the first refusal, "" for none; `fits`: by age and sex."""

    code: str
    fits: bool
    needs_referral: bool


@dataclass(frozen=True, slots=True)
class Seeker:
    """A person who looks for a time, by a grant or by himself, and what there is to choose from.

    `peculiar`: clinics with numbers of their own, for which nothing is concluded from others.
    """

    client: patients.Client
    asker: eligibility.Asker
    grant: grants.BookingGrant | None
    directory: Directory
    now: datetime
    peculiar: frozenset[UUID] = frozenset()
    verdicts: dict[tuple[object, ...], Verdict] = field(default_factory=dict, compare=False)

    @property
    def mask(self) -> int:
        return rights.mask_for(self.asker.channel, has_grant=self.asker.has_grant)

    @property
    def home(self) -> Clinic | None:
        """The clinic that the person is attached to, None while nobody has said."""
        known = sorted(self.client.registered_facility_ids, key=str)
        return next((self.directory.clinics[one] for one in known if one in self.directory.clinics), None)

    def rules_of(self, post: Post) -> BookingRules:
        return settings.booking_rules(facility_id=post.facility_id, position_code=post.code, now=self.now)

    def verdict(self, post: Post) -> Verdict:
        """Return what the rules say of a post, whatever its times are."""
        is_own = post.facility_id in self.client.registered_facility_ids
        own_numbers = post.facility_id if post.facility_id in self.peculiar else None
        key = (post.code, post.serves_adults, post.serves_children, is_own, own_numbers)
        if key not in self.verdicts:
            self.verdicts[key] = self._verdict(post)
        return self.verdicts[key]

    def distance(self, clinic: Clinic) -> float | None:
        return places.distance_km(self.home.point, clinic.point) if self.home else None

    def _verdict(self, post: Post) -> Verdict:
        found, asker = self.rules_of(post), self.asker

        def code(who: eligibility.Asker) -> str:
            return eligibility.refusal(offered_by(post, self.now), who, found, now=self.now)

        with_grant = replace(asker, has_grant=True, may_act=True, sees_restricted=True)
        anywhere = replace(asker, registered_facility_ids=frozenset(), may_act=True, sees_restricted=True)
        return Verdict(code(asker), code(with_grant) == "", code(anywhere) == "NEEDS_REFERRAL")


@dataclass(frozen=True, slots=True)
class DoctorRow:
    post: Post
    code: str
    nearest: datetime | None


@dataclass(frozen=True, slots=True)
class ClinicRow:
    """A clinic with its posts of one position. `code`: the rule that forbids all of them."""

    clinic: Clinic
    facility_id: UUID
    is_home: bool
    km: float | None
    code: str
    doctors: tuple[DoctorRow, ...]

    @property
    def nearest(self) -> datetime | None:
        return min((one.nearest for one in self.doctors if one.nearest), default=None)


def offered_by(post: Post, now: datetime) -> eligibility.Offered:
    """Return a time of a post as the rules look at it, open to every channel and far enough ahead."""
    at = now + timedelta(days=1)
    return eligibility.Offered(
        starts_at=at,
        ends_at=at,
        position_code=post.code,
        facility_id=post.facility_id,
        rights_mask=ANY_RIGHT,
        serves_adults=post.serves_adults,
        serves_children=post.serves_children,
    )


def seeker_of(scope: PatientScope, wish: Wish, *, now: datetime) -> Seeker:
    """Return who looks for a time. Two statements, one more with a grant.

    Raises NotFound, and refusals.BookingRefused for a grant that opens nothing any more.
    """
    client = patients.get_client(scope)
    grant = None
    if wish.grant_ref is not None:
        grant = grants.recheck(wish.grant_kind, wish.grant_ref, person_id=client.person_id, now=now, besides=wish.move)
    asker = eligibility.Asker(
        age=eligibility.age_at(client.birth_date, timezone.localdate(now)),
        gender=client.gender,
        registered_facility_ids=client.registered_facility_ids,
        may_act=scope.may_act,
        channel="Internet",
        has_grant=grant is not None,
        sees_restricted=scope.shows_restricted,
    )
    return Seeker(client, asker, grant, directory(now=now), now, settings.clinics_with_own())


def posts_of(seeker: Seeker, wish: Wish) -> list[Post]:
    """Return the posts that a wish names and its grant opens. Raises NotFound for a doctor or a room of nobody."""
    found: Iterable[Post] = seeker.directory.posts
    if wish.specialty:
        found = seeker.directory.by_position.get(wish.specialty, ())
    if wish.role:
        found = seeker.directory.by_role.get(wish.role, ())
        if not found:
            raise NotFound
    elif wish.facility:
        found = [one for one in found if one.facility_id == wish.facility]
        at_place = [one for one in found if one.location_id == wish.location] if wish.location else []
        found = at_place or found
    elif wish.location:
        found = [one for one in found if one.location_id == wish.location]
    return [one for one in found if is_opened_by(seeker.grant, one)]


def is_opened_by(grant: grants.BookingGrant | None, post: Post) -> bool:
    """Tell whether a grant opens a post; without one doctors are open, rooms are not."""
    if grant is None:
        return not post.is_room
    return (
        (not grant.positions or post.code in grant.positions)
        and (not grant.facility_ids or post.facility_id in grant.facility_ids)
        and (not grant.practitioner_role_ids or post.role_id in grant.practitioner_role_ids)
        and (not grant.location_ids or post.location_id in grant.location_ids)
    )


def doctors_of(seeker: Seeker, posts: Sequence[Post]) -> list[DoctorRow]:
    """Return posts with the rule that forbids each and its nearest free time, in their order. One statement."""
    nearest = nearest_by_schedule(seeker, posts)
    return [DoctorRow(one, seeker.verdict(one).code, nearest.get(one.schedule_id)) for one in posts]


def list_clinics(seeker: Seeker, wish: Wish, *, offset: int = 0, limit: int = 10) -> tuple[int, list[ClinicRow]]:
    """Return how many clinics have what is wished for, and some: the own one first, then those where one may book,

    by distance. One statement.
    """
    by_clinic: dict[UUID, list[Post]] = {}
    for post in posts_of(seeker, wish):
        if post.facility_id and seeker.verdict(post).fits:
            by_clinic.setdefault(post.facility_id, []).append(post)
    order = sorted(by_clinic, key=lambda one: clinic_order(seeker, one, by_clinic[one]))
    shown = order[offset : offset + limit]
    rows = doctors_of(seeker, [post for one in shown for post in by_clinic[one]])
    return len(order), [_clinic_row(seeker, one, [row for row in rows if row.post.facility_id == one]) for one in shown]


def get_nearest(seeker: Seeker, posts: Sequence[Post]) -> tuple[datetime, Post] | None:
    """Return the nearest free time of some posts of one position that may be booked, and whose it is. One statement."""
    by_schedule = {one.schedule_id: one for one in posts if not seeker.verdict(one).code}
    if not by_schedule:
        return None
    codes = {one.code for one in by_schedule.values()}
    found = free_times(seeker)
    if len(codes) == 1 and "" not in codes:
        found = found.filter(specialty_code=codes.pop())
        clinics = {one.facility_id for one in by_schedule.values() if one.facility_id}
        if len(by_schedule) < len(posts) or len(clinics) == 1:
            found = found.filter(facility_id__in=clinics)
    else:
        found = found.filter(schedule_id__in=by_schedule)
    for starts_at, schedule in found.order_by("starts_at").values_list("starts_at", "schedule_id")[:NEAREST_READ]:
        post = by_schedule.get(schedule)
        if post is not None:
            return (starts_at, post) if _is_in_time(seeker, starts_at, post) else None
    return None


def nearest_by_schedule(seeker: Seeker, posts: Collection[Post]) -> dict[UUID, datetime]:
    """Return the nearest free time of each post that has one. One statement, by an index probe for each post."""
    if not posts:
        return {}
    free = free_times(seeker).filter(schedule=OuterRef("pk"))
    if all(one.role_id for one in posts):
        free = free.filter(practitioner_role=OuterRef("practitioner_role"))
    first = Subquery(free.order_by("starts_at").values("starts_at")[:1])
    found = Schedule.objects.filter(pk__in=[one.schedule_id for one in posts]).annotate(first=first)
    nearest = {pk: at for pk, at in found.values_list("pk", "first") if at is not None}
    return {
        one.schedule_id: nearest[one.schedule_id]
        for one in posts
        if one.schedule_id in nearest and _is_in_time(seeker, nearest[one.schedule_id], one)
    }


def free_times(seeker: Seeker) -> SlotQuerySet:
    """Return all times that this person may take now, from the shortest notice on."""
    numbers = settings.booking_rules(facility_id=None, position_code="", now=seeker.now)
    earliest = seeker.now + timedelta(minutes=numbers.min_lead_minutes)
    return slots.takeable(by=seeker.client.holder, mask=seeker.mask, now=seeker.now, earliest=earliest)


def ends_of(grant: grants.BookingGrant | None, post: Post) -> datetime | None:
    """Return the moment at which the last day of a grant is over at a post's clinic; None without an end."""
    day: date | None = grant.not_after if grant else None
    return datetime.combine(day + timedelta(days=1), time.min, post.clinic.zone) if day else None


def _is_in_time(seeker: Seeker, at: datetime, post: Post) -> bool:
    ends_at = ends_of(seeker.grant, post)
    return ends_at is None or at < ends_at


def is_home(seeker: Seeker, post: Post) -> bool:
    return post.facility_id in seeker.client.registered_facility_ids


def clinic_order(seeker: Seeker, facility_id: UUID, posts: list[Post]) -> tuple[bool, bool, float, str]:
    km = seeker.distance(posts[0].clinic)
    is_closed = all(seeker.verdict(one).code for one in posts)
    return is_closed, not is_home(seeker, posts[0]), 1e9 if km is None else km, str(facility_id)


def _clinic_row(seeker: Seeker, facility_id: UUID, doctors: list[DoctorRow]) -> ClinicRow:
    clinic = doctors[0].post.clinic
    ordered = sorted(doctors, key=lambda one: (one.nearest is None, one.nearest or seeker.now, one.post.doctor))
    codes = {one.code for one in doctors}
    return ClinicRow(
        clinic=clinic,
        facility_id=facility_id,
        is_home=facility_id in seeker.client.registered_facility_ids,
        km=seeker.distance(clinic),
        code="" if "" in codes else min(codes),
        doctors=tuple(ordered),
    )
