"""Reads of examinations."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf

from medkarta.checkups import rules, texts
from medkarta.checkups.models import Checkup
from medkarta.core.errors import Text
from medkarta.core.evidence import Evidence
from medkarta.core.models import unknown_last
from medkarta.core.scopes import PatientScope, Restricted
from medkarta.documents import queries as documents
from medkarta.ui.tables import Table

_ORDER = {
    "facility": ("place", "-happened_on", "id"),
    "name": ("title", "-happened_on", "id"),
    "date": ("happened_on", "-title", "id"),
}


@dataclass(frozen=True, slots=True)
class CheckupRow:
    """An examination in a list. `documents`: ids of its result documents, whether they are here or not."""

    id: UUID
    title: str
    place: str
    starts_on: date | None
    ends_on: date | None
    on: date | None
    status_words: Text
    tone: str
    documents: tuple[UUID, ...]
    download_href: str = ""


@dataclass(frozen=True, slots=True)
class CheckupList:
    """One page of examinations, and how many records the owner may unlock."""

    table: Table
    rows: tuple[CheckupRow, ...]
    locked: int


def list_checkups(scope: PatientScope, *, table: Table, today: date) -> CheckupList:
    """Return a page of examinations. Four statements at most."""
    total, locked = _count(scope)
    table = table.with_total(total)
    page = table.page
    rows: tuple[CheckupRow, ...] = ()
    if total:
        found = _visible(scope).order_by(*unknown_last(table.sorting.pick(_ORDER)))
        found = found[page.offset : page.offset + page.limit]
        rows = _with_downloads(scope, [_row(each, today) for each in found])
    scope.reads.add("CarePlan", [row.id for row in rows])
    return CheckupList(table, rows, locked)


def _with_downloads(scope: PatientScope, rows: list[CheckupRow]) -> tuple[CheckupRow, ...]:
    """Point each examination at the file of its result, where this scope may see one."""
    ids = [one for row in rows for one in row.documents]
    hrefs = documents.list_download_links(scope, ids) if ids else {}
    return tuple(
        replace(row, download_href=next((hrefs[one] for one in row.documents if one in hrefs), "")) for row in rows
    )


def latest_checkup(scope: PatientScope, since: date) -> Evidence | None:
    """Return the newest examination that is done, from a day on, for whoever needs one. One statement."""
    found = Checkup.objects.for_scope(scope).filter(status=Checkup.Status.COMPLETED, happened_on__gte=since)
    for pk, title, on in found.order_by("-happened_on", "id").values_list("pk", "title", "happened_on")[:1]:
        assert on is not None  # found by it
        scope.reads.add("CarePlan", [pk])
        return Evidence(title, on, "checkups/")
    return None


def count_locked(scope: PatientScope) -> int:
    """Return how many records the owner would see after proving himself again. One statement."""
    return _count(scope)[1]


def _count(scope: PatientScope) -> tuple[int, int]:
    """Return how many are shown and how many may be unlocked, in one statement."""
    found = Checkup.objects.for_scope(scope)
    if scope.restricted is not Restricted.LOCKED:
        return found.count(), 0
    counts = (found | Checkup.objects.locked_for(scope)).aggregate(
        total=Count("id", filter=Q(is_restricted=False)), locked=Count("id", filter=Q(is_restricted=True))
    )
    return counts["total"], counts["locked"]


def _visible(scope: PatientScope) -> QuerySet[Checkup]:
    place = Coalesce(
        NullIf("facility__short_name", Value("")), NullIf("facility__name", Value("")), "facility_name",
        output_field=TextField(),
    )  # fmt: skip
    return Checkup.objects.for_scope(scope).annotate(place=place)


def _row(found: Checkup, today: date) -> CheckupRow:
    status = rules.status_of(found.status, starts_on=found.starts_on, today=today)
    return CheckupRow(
        id=found.pk,
        title=found.title,
        place=found.place,  # type: ignore[attr-defined]
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        on=found.happened_on,
        status_words=texts.status_words(status),
        tone=rules.tone_of(status),
        documents=tuple(UUID(one) for one in found.document_ids),
    )
