"""The clinics of one person, put together from other rooms' answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from medkarta.core.scopes import PatientScope
from medkarta.facilities import queries as facilities
from medkarta.facilities.queries import FacilityRow
from medkarta.patients import queries as patients
from medkarta.ui.tables import Table
from medkarta.visits import queries as visits


@dataclass(frozen=True, slots=True)
class Filters:
    serves_children: bool = False
    is_rated_high: bool = False


@dataclass(frozen=True, slots=True)
class MyFacility:
    """A clinic of the person; `is_registered` marks the one he is attached to."""

    facility: FacilityRow
    is_registered: bool


ORDER: dict[str, Callable[[MyFacility], Any]] = {
    "name": lambda one: one.facility.name.casefold(),
    "rating": lambda one: one.facility.rating or 0.0,
}


def list_my_facilities(
    scope: PatientScope, filters: Filters, table: Table, *, now: datetime
) -> tuple[Table, list[MyFacility]]:
    """Return a page of the person's clinics, attached ones first in any order. Three statements."""
    registered = patients.list_registered_facility_ids(scope)
    visited = visits.list_visited_facility_ids(scope)
    rows = facilities.list_for_ids(list(dict.fromkeys([*registered, *visited])), now=now)
    attached = {rows[one].id for one in registered if one in rows}
    mine: dict[UUID, MyFacility] = {row.id: MyFacility(row, row.id in attached) for row in rows.values()}
    found = [one for one in mine.values() if _matches(one, filters)]
    found.sort(key=lambda one: one.facility.name.casefold())
    found.sort(key=ORDER[table.sorting.key], reverse=table.sorting.descending)
    found.sort(key=lambda one: not one.is_registered)
    table = table.with_total(len(found))
    shown = found[table.page.offset : table.page.offset + table.page.limit]
    scope.reads.add("Organization", (one.facility.id for one in shown))
    return table, shown


def count_locked(scope: PatientScope) -> int:
    """Count visits that are closed for now and may bring more clinics."""
    return visits.count_locked(scope)


def _matches(one: MyFacility, filters: Filters) -> bool:
    if filters.serves_children and not one.facility.serves_children:
        return False
    return one.facility.is_rated_high or not filters.is_rated_high
