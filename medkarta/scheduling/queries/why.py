"""«Почему нет записи»: when times open, who is absent, which rule stands in the way, where else there is something."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from medkarta.core import working_days
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.models import Absence
from medkarta.scheduling.queries import finding, guarantees
from medkarta.scheduling.queries.days import Days
from medkarta.scheduling.queries.finding import ClinicRow, Seeker
from medkarta.scheduling.queries.posts import Post
from medkarta.scheduling.rules import eligibility, terms
from medkarta.scheduling.rules.eligibility import Live

OTHERS_SHOWN = 5
NOBODY, NO_SCHEDULE, FORBIDDEN, ALL_TAKEN, NOT_YET, NO_RECEPTION, OTHER_CHANNELS, NOWHERE, HAS_TIME = (
    "nobody", "no-schedule", "forbidden", "all-taken", "not-yet", "no-reception", "other-channels", "nowhere",
    "has-time",
)  # fmt: skip
_LIFTED: dict[str, dict[str, object]] = {
    "MAY_NOT_ACT": {"may_act": True},
    "NO_ATTACHMENT": {"registered_facility_ids": frozenset()},
    "PROVE_YOURSELF": {"sees_restricted": True},
    "NEEDS_REFERRAL": {"has_grant": True},
    "OTHER_SEX": {"gender": ""},
    "APPOINT_TIME_AVAILABLE_PATIENT_OTHER_AGE": {"age": None},
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in the way. `appointment_id`: the appointment that leaves no room."""

    code: str
    appointment_id: UUID | None = None
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A doctor who does not receive now: the clinic's own words, or the day until which he is absent."""

    post: Post
    comment: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Late:
    """A state-guarantee term that the nearest free time exceeds."""

    term: terms.Term
    programme: terms.Programme
    until: datetime


@dataclass(frozen=True, slots=True)
class Why:
    """Everything that the page says. `state`: the headline's kind; `others`: where there is something."""

    state: str
    days: Days | None
    opens_at: datetime | None
    missing: tuple[Missing, ...]
    rules: tuple[Rule, ...]
    others: tuple[ClinicRow, ...]
    late: Late | None
    can_wait: bool
    has_other_channels: bool
    is_attached: bool


def explain(seeker: Seeker, wish: Wish, posts: Sequence[Post], days: Days | None, *, live: Sequence[Live] = ()) -> Why:
    """Return why these posts have nothing free, and what else there is. Two statements."""
    here = {one.facility_id for one in posts} if wish.facility or wish.role or wish.location else set()
    others = _elsewhere(seeker, wish, posts, here)
    rules = _rules(seeker, wish, posts, live)
    may_wait = not {one.code for one in rules} - {"APPOINT_PATIENT_REGISTERED_SPECIALIST"}
    numbers = seeker.rules_of(posts[0]) if posts else None
    return Why(
        state=_state(posts, rules, days),
        days=days,
        opens_at=days.opens_at if days else None,
        missing=tuple(_missing(seeker, posts)),
        rules=tuple(rules),
        others=tuple(one for one in others if one.nearest)[:OTHERS_SHOWN],
        late=_late(seeker, posts, days, others) if not rules else None,
        can_wait=bool(posts) and may_wait and numbers is not None and numbers.waitlist_enabled,
        has_other_channels=bool(days and any(one.others for one in days.rows)),
        is_attached=bool(posts) and posts[0].facility_id in seeker.client.registered_facility_ids,
    )


def list_rules(seeker: Seeker, post: Post) -> list[str]:
    """Return the code of every rule that forbids a post, in the order of the rules: each as if the former were kept."""
    codes: list[str] = []
    asker, numbers = seeker.asker, seeker.rules_of(post)
    offered = finding.offered_by(post, seeker.now)
    while (code := eligibility.refusal(offered, asker, numbers, now=seeker.now)) in _LIFTED:
        codes.append(code)
        asker = replace(asker, **_LIFTED[code])  # type: ignore[arg-type]
    return codes


def _rules(seeker: Seeker, wish: Wish, posts: Sequence[Post], live: Sequence[Live]) -> list[Rule]:
    found = []
    if posts and all(seeker.verdict(one).code for one in posts):
        found = [Rule(code) for code in list_rules(seeker, posts[0])]
    if posts and not found:
        numbers = seeker.rules_of(posts[0])
        code, in_the_way = eligibility.conflict(
            replace(finding.offered_by(posts[0], seeker.now), ends_at=seeker.now),
            [one for one in live if one.id != wish.move],
            numbers,
            changes_today=0,
            is_exempt=seeker.grant is not None and seeker.grant.is_follow_up,
        )
        if code:
            starts_at = next((one.starts_at for one in live if one.id == in_the_way), None)
            found.append(Rule(code, in_the_way, starts_at))
    return found


def _state(posts: Sequence[Post], rules: Sequence[Rule], days: Days | None) -> str:
    if not posts:
        return NOBODY
    if any(one.code in _LIFTED for one in rules):
        return FORBIDDEN
    if not any(one.is_active for one in posts):
        return NO_SCHEDULE
    if days is None:
        return NOWHERE
    if days.has_free:
        return HAS_TIME
    if any(one.others for one in days.rows):
        return OTHER_CHANNELS
    if any(one.works for one in days.rows):
        return ALL_TAKEN
    return NOT_YET if days.opens_at else NO_RECEPTION


def _missing(seeker: Seeker, posts: Sequence[Post]) -> list[Missing]:
    """Return the doctors who do not receive: by the clinic's words or by an absence that lasts. One statement."""
    if not posts:
        return []
    absences = Absence.objects.filter(
        schedule_id__in=[one.schedule_id for one in posts],
        starts_at__lte=seeker.now, ends_at__gt=seeker.now, withdrawn_at__isnull=True,
    ).order_by("ends_at")  # fmt: skip
    until = dict(absences.values_list("schedule_id", "ends_at"))
    return [
        Missing(one, one.comment, until[one.schedule_id].astimezone(one.clinic.zone).date() if ends else None)
        for one in posts
        if (ends := until.get(one.schedule_id)) or one.comment or not one.is_active
    ]


def _elsewhere(seeker: Seeker, wish: Wish, posts: Sequence[Post], here: set[UUID | None]) -> list[ClinicRow]:
    """Return the clinics that have this position, but for the one that was asked about. One statement."""
    position = wish.specialty or (posts[0].position if posts else "")
    if not position and seeker.grant is None:
        return []
    wide = replace(wish, specialty=position, facility=None, role=None, location=None)
    if seeker.grant is not None and not seeker.grant.positions:
        wide = replace(wide, specialty="")
    _total, found = finding.list_clinics(seeker, wide, limit=OTHERS_SHOWN * 3)
    return [one for one in found if one.facility_id not in here]


def _late(seeker: Seeker, posts: Sequence[Post], days: Days | None, others: Sequence[ClinicRow]) -> Late | None:
    """Return the term that is exceeded: by the nearest time anywhere that this person may be booked to."""
    if not posts:
        return None
    zone, programme = posts[0].clinic.zone, guarantees.programme()
    day = seeker.now.astimezone(zone).date()
    term = terms.term_for(programme, posts[0].code, is_room=posts[0].is_room, day=day)
    if term is None or (days is not None and days.has_free):
        return None
    until = terms.deadline(term, asked_at=seeker.now, zone=zone, calendar=working_days.calendar())
    nearest = min((one.nearest for one in others if one.nearest and not one.code), default=None)
    return Late(term, programme, until) if terms.is_late(nearest, until) else None
