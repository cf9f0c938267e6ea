"""Steps of a booking up to choosing a time. All of it is GET: nothing is held before a time is pressed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.http import PatientRequest, SeeOther
from medkarta.core.scopes import PatientScope
from medkarta.scheduling import grants, refusals, ways, why_words, zones
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.queries import choices, days, finding, search, slots, why
from medkarta.scheduling.queries.finding import Seeker
from medkarta.scheduling.queries.posts import Post
from medkarta.scheduling.rules.eligibility import Live
from medkarta.ui import format
from medkarta.ui.render import render

CLINICS_A_PAGE = 8


@dataclass(frozen=True, slots=True)
class Step:
    """What every step knows: who looks, what is chosen so far, the appointment that moves."""

    scope: PatientScope
    wish: Wish
    seeker: Seeker

    def url(self, step: str = "", **changes: Any) -> str:
        return self.wish.but(**{"day": None, "slot": None, **changes}).url(self.scope, step)

    def zone_hint(self, at: datetime, zone: tzinfo) -> str:
        """Return « (UTC+2)» for a clinic whose clock differs from the portal's, "" for any other."""
        return f" ({zones.offset_words(at, zone)})" if zones.is_other(at, zone) else ""


@require_safe
def choose_way(request: PatientRequest) -> HttpResponse:
    """Offer what the person knows best: the doctor of last time, a specialty, a referral, a clinic, a name."""
    step = _step(request)
    if isinstance(step, HttpResponse):
        return step
    facility = step.wish.facility
    own, by_referral = choices.list_positions(step.seeker, facility_id=facility)
    context = {
        "own": own,
        "by_referral": by_referral,
        "clinic": step.seeker.directory.clinics.get(facility) if facility else None,
        "last": [] if facility or step.wish.grant_ref else choices.list_last(step.scope, step.seeker),
        "grants": [] if facility or step.wish.move else grants.list_open(step.scope, now=step.seeker.now),
        "moves": _moving(step),
    }
    return _page(request, "scheduling/book_ways.jinja", step, context)


@require_safe
def choose_doctor(request: PatientRequest) -> HttpResponse:
    """Find a doctor by his name, however it is spelled."""
    step = _step(request)
    if isinstance(step, HttpResponse):
        return step
    text = request.GET.get("q", "").strip()[:100]
    found = search.find_doctors(step.seeker, text) if text else []
    context = {"text": text, "doctors": finding.doctors_of(step.seeker, found), "moves": _moving(step)}
    return _page(request, "scheduling/book_doctors.jinja", step, context)


@require_safe
def choose_clinic(request: PatientRequest) -> HttpResponse:
    """List the clinics: with their doctors and nearest times once it is known what is wished for."""
    step = _step(request)
    if isinstance(step, HttpResponse):
        return step
    is_narrow = bool(step.wish.specialty or step.wish.grant_ref)
    page = _page_number(request)
    offset = (page - 1) * CLINICS_A_PAGE
    wish = step.wish.but(facility=None, role=None, location=None)
    if not is_narrow:
        context: dict[str, Any] = {"clinics": choices.list_places(step.seeker)}
        return _page(request, "scheduling/book_places.jinja", step, context)
    total, clinics = finding.list_clinics(step.seeker, wish, offset=offset, limit=CLINICS_A_PAGE)
    posts = finding.posts_of(step.seeker, wish)
    context = {
        "title": _title(step, posts),
        "clinics": clinics,
        "nearest": finding.get_nearest(step.seeker, posts),
        "page": page,
        "pages": -(-total // CLINICS_A_PAGE),
        "moves": _moving(step),
        "told": None if clinics else _told(step, posts, None),
    }
    return _page(request, "scheduling/book_clinics.jinja", step, context)


@require_safe
def choose_time(request: PatientRequest) -> HttpResponse:
    """List the days with what is free on each, and the times of one day as buttons that take a hold."""
    step = _step(request)
    if isinstance(step, HttpResponse):
        return step
    posts = finding.posts_of(step.seeker, step.wish)
    if len({one.facility_id for one in posts}) > 1:
        return SeeOther(step.url("clinics/"))
    live = _live(step)
    allowed = [one for one in posts if not step.seeker.verdict(one).code and one.is_active]
    context: dict[str, Any] = {"title": _title(step, posts), "posts": posts, "moves": _moving_of(step, live)}
    found = _days(step, allowed) if allowed else None
    if found is None or not found.has_free:
        context |= {"told": _told(step, posts, found, live)}
        return _page(request, "scheduling/book_none.jinja", step, context)
    day = found.open_day(step.wish.day)
    context |= {
        "post": posts[0],
        "days": found,
        "day": day,
        "groups": _groups(days.list_times(step.seeker, allowed, day), allowed) if day else [],
        "existing": _existing(step, live, posts),
        "zone_words": zones.other_time_words(step.seeker.now, posts[0].clinic.zone),
        "today": _today(step, posts[0]),
        "earlier_href": _window_href(step, found.rows[0].day, -len(found.rows), posts[0]),
        "later_href": _window_href(step, found.rows[0].day, len(found.rows), posts[0]) if found.later else "",
        "hold_href": step.scope.url("appointments/book/hold/"),
        "fields": step.wish.but(slot=None, day=day).pairs,
        "horizon": len(found.rows),
        "waitlist_href": why_words.waitlist_href(step.scope, _to_swap(step, live, posts), posts),
    }
    return _page(request, "scheduling/book_times.jinja", step, context)


@require_safe
def explain(request: PatientRequest) -> HttpResponse:
    """Say why there is no time, when there will be, and everything else that can be done."""
    step = _step(request)
    if isinstance(step, HttpResponse):
        return step
    posts = finding.posts_of(step.seeker, step.wish)
    allowed = [one for one in posts if not step.seeker.verdict(one).code and one.is_active]
    is_one_clinic = len({one.facility_id for one in allowed}) == 1
    found = _days(step, allowed) if is_one_clinic else None
    live = _live(step)
    context = {
        "title": _title(step, posts),
        "posts": posts,
        "moves": _moving_of(step, live),
        "told": _told(step, posts, found, live),
    }
    return _page(request, "scheduling/book_none.jinja", step, context)


def _step(request: PatientRequest) -> Step | HttpResponse:
    """Return what the steps share, or the page that says why a referral opens nothing any more."""
    wish, now = Wish.read(request.GET), timezone.now()
    request.audit_action = "scheduling.book"
    try:
        return Step(request.scope, wish, finding.seeker_of(request.scope, wish, now=now))
    except refusals.BookingRefused as refusal:
        context = {"refusal": refusal, "ways": ways.on(request.scope, wish, refusal), "scope": request.scope}
        return render(request, "scheduling/book_refused.jinja", context, status=409)


def _page(request: PatientRequest, template: str, step: Step, context: dict[str, Any]) -> HttpResponse:
    opened = request.visitor.member(step.scope.key) if getattr(request, "visitor", None) else None
    shared = {
        "step": step,
        "wish": step.wish,
        "seeker": step.seeker,
        "who": opened.given_name if opened else "",
        "scope": step.scope,
        "refusal_texts": refusals.TEXTS,
    }
    return render(request, template, shared | context)


def _told(step: Step, posts: list[Post], found: days.Days | None, live: Sequence[Live] = ()) -> why_words.Told:
    facts = why.explain(step.seeker, step.wish, posts, found, live=live)
    swaps = _to_swap(step, list(live), posts) if posts else step.wish.but(move=None)
    return why_words.tell(step.scope, step.seeker, step.wish, posts, facts, swaps)


def _days(step: Step, posts: list[Post]) -> days.Days:
    """Return the window of days that holds the wished one: whole horizons from today on."""
    today, count = _today(step, posts[0]), max(step.seeker.rules_of(posts[0]).horizon_days, 1)
    ahead = (step.wish.day - today).days if step.wish.day else 0
    first = today + timedelta(days=max(ahead, 0) // count * count)
    return days.list_days(step.seeker, posts, first=first, count=count)


def _today(step: Step, post: Post) -> date:
    return step.seeker.now.astimezone(post.clinic.zone).date()


def _window_href(step: Step, first: date, shift: int, post: Post) -> str:
    """Return the address of another window of days, "" before today."""
    target = first + timedelta(days=shift)
    return step.url("times/", day=target) if target >= _today(step, post) else ""


def _groups(times: list[days.TimeRow], posts: list[Post]) -> list[tuple[str, str, list[days.TimeRow]]]:
    """Part the times of a day: one doctor's by morning, day and evening; several doctors' by doctor."""
    if len(posts) == 1:
        words = (_("Утро"), _("День"), _("Вечер"))
        zone = posts[0].clinic.zone
        parts = [[one for one in times if days.part_of_day(one.starts_at, zone) == part] for part in range(3)]
        return [(word, "", part) for word, part in zip(words, parts, strict=True) if part]
    found: dict[Any, list[days.TimeRow]] = {}
    for one in times:
        found.setdefault(one.post.schedule_id, []).append(one)
    return [(format.short_name(them[0].post.doctor, missing=_("Врач не указан")), them[0].post.cabinet, them)
            for them in found.values()]  # fmt: skip


def _title(step: Step, posts: list[Post]) -> str:
    """Return what is looked for, in words."""
    if step.seeker.grant is not None:
        return step.seeker.grant.title
    return posts[0].title if posts else step.seeker.directory.titles.get(step.wish.specialty, "")


def _moving(step: Step) -> Live | None:
    if step.wish.move is None:
        return None
    return _moving_of(step, _live(step))


def _live(step: Step) -> list[Live]:
    client = step.seeker.client
    return slots.live_of(client.patient_ids, shows_restricted=step.scope.shows_restricted, now=step.seeker.now)


def _moving_of(step: Step, live: list[Live]) -> Live | None:
    return next((one for one in live if one.id == step.wish.move and not one.is_hidden), None)


def _existing(step: Step, live: list[Live], posts: list[Post]) -> Live | None:
    """Return the live appointment of the same position, which leaves no room for another one."""
    numbers = step.seeker.rules_of(posts[0])
    is_exempt = step.seeker.grant is not None and step.seeker.grant.is_follow_up
    if not numbers.one_per_position or is_exempt or not posts[0].code:
        return None
    same = [one for one in live if one.position_code == posts[0].code and one.id != step.wish.move]
    return same[0] if same else None


def _to_swap(step: Step, live: list[Live], posts: list[Post]) -> Wish:
    """Return the wish with the appointment that an earlier time would replace: the one that moves, or the same one."""
    old = _moving_of(step, live) or _existing(step, live, posts)
    return step.wish.but(move=old.id if old and not old.is_hidden else None)


def _page_number(request: PatientRequest) -> int:
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), 1000) if text.isascii() and text.isdigit() and len(text) < 5 else 1
