"""Reads of announcements and footer links. Public: nobody's record is in them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from time import monotonic

from django.db.models import Q
from django.utils.translation import get_language, gettext

from medkarta.pages import rules
from medkarta.pages.models import OLDEST, Announcement, FooterLink

FOOTER_SECONDS = 30
ANY_AGE = (0, OLDEST)

Links = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AnnouncementRow:
    """An announcement ready to show: a bold sentence, an explanation, and an act with its address (or neither)."""

    title: str
    text: str
    href: str
    action: str
    icon: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An announcement with its audience, as `sql.announcements` brings it."""

    row: AnnouncementRow
    starts_on: date | None
    ends_on: date | None
    min_age: int
    max_age: int
    audience: str


@dataclass(slots=True)
class _Kept:
    """The footer as last read by this process, and in the languages that were asked for since."""

    until: float = 0.0
    groups: tuple[tuple[str, Links], ...] = ()
    spoken: dict[str, tuple[tuple[str, Links], ...]] = field(default_factory=dict)


_kept = _Kept()


def list_announcements(birth_date: date | None, gender: str, today: date) -> list[AnnouncementRow]:
    """Return what concerns a person of this birth date and FHIR gender today, in the staff's order. One statement."""
    running = Announcement.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=today), Q(ends_on=None) | Q(ends_on__gte=today), is_shown=True
    ).order_by("order", "id")
    return pick((_candidate(one) for one in running), birth_date, gender, today)


def pick(found: Iterable[Candidate], birth_date: date | None, gender: str, today: date) -> list[AnnouncementRow]:
    """Keep the announcements that run today and concern this person, in the order given."""
    return [
        one.row
        for one in found
        if rules.is_running(starts_on=one.starts_on, ends_on=one.ends_on, today=today)
        and rules.concerns(
            min_age=one.min_age,
            max_age=one.max_age,
            limits=ANY_AGE,
            audience=one.audience,
            birth_date=birth_date,
            gender=gender,
            today=today,
        )
    ]


def row_of(*, title: str, text: str, href: str, action: str, icon: str) -> AnnouncementRow:
    """Return a row; without a linkable address or without words for it there is no button."""
    has_act = bool(action) and rules.is_linkable(href)
    return AnnouncementRow(title, text, href if has_act else "", action if has_act else "", icon)


def list_footer() -> tuple[tuple[str, Links], ...]:
    """Return (group, ((title, address), …)) of links with an address, in order; groups without any are left out.

    Kept for `FOOTER_SECONDS` in the process, so a change by staff shows within that time. At most one statement.
    """
    if monotonic() >= _kept.until:
        _kept.groups, _kept.spoken = _read_footer(), {}
        _kept.until = monotonic() + FOOTER_SECONDS
    language, spoken = get_language() or "", _kept.spoken
    if language not in spoken:
        spoken[language] = tuple(
            (gettext(group) if group else "", tuple((gettext(title), href) for title, href in links))
            for group, links in _kept.groups
        )
    return spoken[language]


def forget_footer() -> None:
    """Read the footer anew at the next call."""
    _kept.until = 0.0


def _read_footer() -> tuple[tuple[str, Links], ...]:
    groups: dict[str, list[tuple[str, str]]] = {}
    found = FooterLink.objects.exclude(href="").order_by("order", "id").values_list("group", "title", "href")
    for group, title, href in found:
        if rules.is_linkable(href):
            groups.setdefault(group, []).append((title, href))
    return tuple((group, tuple(links)) for group, links in groups.items())


def _candidate(one: Announcement) -> Candidate:
    row = row_of(title=one.title, text=one.text, href=one.href, action=one.action, icon=one.icon)
    return Candidate(row, one.starts_on, one.ends_on, one.min_age, one.max_age, one.gender)
