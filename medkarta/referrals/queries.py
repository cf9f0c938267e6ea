"""Reads of one person's referrals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Value

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope, Restricted
from medkarta.referrals import rules
from medkarta.referrals.models import Referral, ReferralQuerySet
from medkarta.referrals.rows import Attention, Raw, ReferralRow, expiring_referrals, referral_rows
from medkarta.scheduling.grants import BookingGrant
from medkarta.scheduling.queries import posts
from medkarta.scheduling.refusals import BookingRefused
from medkarta.ui import format
from medkarta.ui.tables import Page, Sorting

__all__ = [
    "Attention",
    "Detail",
    "Filters",
    "Raw",
    "ReferralRow",
    "Totals",
    "count_referrals",
    "expiring_referrals",
    "get_referral",
    "list_hospitalizations",
    "list_open",
    "list_studies",
    "recheck",
    "referral_rows",
]

GRANT = "referral"
USABLE, OVER, ALL = "usable", "over", "all"
NEAREST = "nearest"
OPEN_AT_MOST = 50
_COLUMNS = (
    "id",
    "category",
    "status",
    "hospitalization_status",
    "number",
    "what",
    "department",
    "valid_until",
    "clinic",
    "address",
    "timezone",
)
_ORDERS = {
    "what": "what",
    "department": "department",
    "until": "valid_until",
    "where": "clinic",
    "number": "number",
    "state": "hospitalization_status",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the lists show, and when: `today` is the day of the portal's zone at `now`."""

    now: datetime
    today: date
    state: str = ALL


@dataclass(frozen=True, slots=True)
class Totals:
    """How many referrals match, how many there are at all in each table, and how many are locked."""

    studies: int
    hospitalizations: int
    all_studies: int
    all_hospitalizations: int
    locked: int

    @property
    def has_any(self) -> bool:
        return self.all_studies + self.all_hospitalizations > 0


@dataclass(frozen=True, slots=True)
class Detail:
    """One referral: its row and what the table has no room for."""

    row: ReferralRow
    category: str
    sender: str
    phone: str
    reason: str
    instructions: str
    comment: str
    valid_from: date | None
    planned_on: date | None
    issued_on: date | None
    booked_appointment: UUID | None


def count_referrals(scope: PatientScope, filters: Filters) -> Totals:
    """Count the referrals of both tables. One statement."""
    every = Referral.objects.for_scope(scope)
    parts = [
        _counted("all_studies", every.for_studies()),
        _counted("all_hospitalizations", every.to_hospital()),
        _counted("studies", _in_state(every.for_studies(), filters)),
        _counted("hospitalizations", _in_state(every.to_hospital(), filters)),
    ]
    if scope.restricted is Restricted.LOCKED:
        parts.append(_counted("locked", Referral.objects.locked_for(scope)))
    return Totals(**{"locked": 0, **dict(parts[0].union(*parts[1:], all=True))})


def list_studies(scope: PatientScope, filters: Filters, *, sorting: Sorting, page: Page) -> list[ReferralRow]:
    """Return one page of referrals for studies and consultations: those that end soonest first, then the past."""
    return _page(scope, Referral.objects.for_scope(scope).for_studies(), filters, sorting, page)


def list_hospitalizations(scope: PatientScope, filters: Filters, *, sorting: Sorting, page: Page) -> list[ReferralRow]:
    """Return one page of referrals to a hospital, in the order of `list_studies`."""
    return _page(scope, Referral.objects.for_scope(scope).to_hospital(), filters, sorting, page)


def get_referral(scope: PatientScope, referral_id: UUID, *, now: datetime) -> Detail:
    """Return one referral. Raises NotFound, also for another person's."""
    more = ("sender", "phone", "reason", "instructions", "comment", "valid_from", "planned_on")
    kept = ("issued_at", "booked_appointment")
    found = Referral.objects.for_scope(scope).filter(pk=referral_id).with_names().values(*_COLUMNS, *more, *kept)
    one: Mapping[str, Any] | None = found.first()
    if one is None:
        raise NotFound
    scope.reads.add("ServiceRequest", [referral_id])
    issued_at = one["issued_at"]
    return Detail(
        row=referral_rows(scope, [one], now=now)[0],
        category=str(Referral.Category(one["category"]).label),
        sender=one["sender"],
        phone=one["phone"],
        reason=one["reason"],
        instructions=one["instructions"],
        comment=one["comment"],
        valid_from=one["valid_from"],
        planned_on=one["planned_on"],
        issued_on=issued_at.astimezone(format.zone_of(one["timezone"])).date() if issued_at else None,
        booked_appointment=one["booked_appointment"],
    )


def _in_state(found: ReferralQuerySet, filters: Filters) -> ReferralQuerySet:
    if filters.state == USABLE:
        return found.usable(filters.today)
    return found.over(filters.today) if filters.state == OVER else found


def _counted(name: str, found: ReferralQuerySet) -> Any:
    """Return a statement with one row: the name and how many rows were found."""
    return found.order_by().values(part=Value(name)).annotate(rows=Count("id")).values_list("part", "rows")


def _page(
    scope: PatientScope,
    found: ReferralQuerySet,
    filters: Filters,
    sorting: Sorting,
    page: Page,
) -> list[ReferralRow]:
    found = _in_state(found, filters).with_names()
    name = _ORDERS.get(sorting.key)
    if name is None:
        found = found.nearest_first(filters.today)
    elif sorting.descending:
        found = found.order_by(F(name).desc(nulls_last=True), "-id")
    else:
        found = found.order_by(F(name).asc(nulls_last=True), "id")
    rows = list(found.values(*_COLUMNS)[page.offset : page.offset + page.limit])
    scope.reads.add("ServiceRequest", (one["id"] for one in rows))
    return referral_rows(scope, rows, now=filters.now)


_GRANTED = (
    "id", "category", "status", "what", "reason", "instructions", "valid_from", "valid_until", "specialty_code",
    "facility_id", "location_id", "booked_appointment", "timezone",
)  # fmt: skip


def list_open(scope: PatientScope, *, now: datetime) -> list[BookingGrant]:
    """Return what this person may book a visit by, as `scheduling.grants` asks. One statement."""
    found = Referral.objects.for_scope(scope).bookable(now.date() - timedelta(days=1)).with_names()
    rows = list(found.order_by("valid_until", "id").values(*_GRANTED)[:OPEN_AT_MOST])
    scope.reads.add("ServiceRequest", (one["id"] for one in rows))
    open_ones = [one for one in rows if not _refusal(one, now)]
    known = _directory_for(open_ones, now)
    granted = [_grant(one, known) for one in open_ones]
    return [one for one in granted if _opens_something(one)]


def recheck(person_id: UUID, ref: UUID, *, now: datetime, besides: UUID | None = None) -> BookingGrant:
    """Return a referral as a grant, as it stands now; `besides`: its appointment that moves and gives it back.

    Raises NotFound, also for another person's, and BookingRefused: used, expired, or for nothing that is booked here.
    """
    found = Referral.objects.filter(pk=ref, patient__person_id=person_id, is_withdrawn=False).for_studies()
    one = found.with_names().values(*_GRANTED).first()
    if one is None:
        raise NotFound
    code = _refusal(one, now)
    if code:
        raise BookingRefused(code)
    if one["booked_appointment"] not in (None, besides):
        raise BookingRefused("REFERRAL_USED", one["booked_appointment"])
    granted = _grant(one, _directory_for([one], now))
    if not _opens_something(granted):
        raise BookingRefused("GRANT_DOES_NOT_FIT")
    return granted


def _refusal(one: Mapping[str, Any], now: datetime) -> str:
    """Return the code of what forbids booking by a referral today at its clinic, or ""."""
    term = {"valid_from": one["valid_from"], "valid_until": one["valid_until"]}
    today = now.astimezone(format.zone_of(one["timezone"])).date()
    if rules.can_book(category=one["category"], status=one["status"], today=today, **term):
        return ""
    is_over = one["valid_until"] is not None and one["valid_until"] < today
    return "REFERRAL_PERIOD_HAS_EXPIRED" if is_over else "GRANT_DOES_NOT_FIT"


def _directory_for(found: Sequence[Mapping[str, Any]], now: datetime) -> posts.Directory:
    """Return the directory of posts if any of these referrals is for a study: only those open rooms."""
    has_study = any(one["category"] == Referral.Category.STUDY for one in found)
    return posts.directory(now=now) if has_study else posts.Directory()


def _grant(one: Mapping[str, Any], known: posts.Directory) -> BookingGrant:
    is_study = one["category"] == Referral.Category.STUDY
    rooms: tuple[UUID, ...] = ()
    if is_study:
        rooms = posts.find_rooms(
            known, location_id=one["location_id"], facility_id=one["facility_id"], service=one["what"]
        )
    return BookingGrant(
        kind=GRANT,
        source_ref=one["id"],
        title=one["what"] or str(Referral.Category(one["category"]).label),
        positions=(one["specialty_code"],) if one["specialty_code"] and not rooms else (),
        facility_ids=(one["facility_id"],) if one["facility_id"] and not rooms else (),
        location_ids=rooms,
        not_after=one["valid_until"],
        is_urgent=rules.is_urgent(one["reason"]),
        instructions=one["instructions"],
    )


def _opens_something(grant: BookingGrant) -> bool:
    """Tell whether a grant names whom or where it opens; one that doesn't would open every doctor."""
    return bool(grant.positions or grant.location_ids)
