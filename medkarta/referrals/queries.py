"""Reads of one person's referrals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Value

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope, Restricted
from medkarta.referrals.models import Referral, ReferralQuerySet
from medkarta.referrals.rows import Attention, Raw, ReferralRow, expiring_referrals, referral_rows
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
    "list_studies",
    "referral_rows",
]

USABLE, OVER, ALL = "usable", "over", "all"
NEAREST = "nearest"
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
    more = ("sender", "phone", "reason", "instructions", "comment", "valid_from", "planned_on", "issued_at")
    found = Referral.objects.for_scope(scope).filter(pk=referral_id).with_names().values(*_COLUMNS, *more)
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
