"""Reads of requests: in a record, and one by one for the action that changes it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Protocol
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from medkarta.core.errors import NotFound, Text
from medkarta.core.scopes import AccountScope, Actor, ActorKind, PatientScope
from medkarta.requests import kinds
from medkarta.requests.models import Request, RequestEvent

SORTS: dict[str, tuple[str, ...]] = {
    "created": ("created_at", "id"),
    "number": ("number",),
    "changed": ("changed_at", "id"),
}


OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty values narrow nothing. `state`: OPEN or CLOSED."""

    kind: str = ""
    state: str = ""

    def takes(self, kind: str, status: str) -> bool:
        is_closed = kinds.find(kind).status(status).is_closed
        return self.kind in ("", kind) and (not self.state or (self.state == CLOSED) == is_closed)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many requests match the filters, how many there are at all, and of which kinds: (code, title)."""

    matching: int
    at_all: int
    kinds: tuple[tuple[str, Text], ...]


class HasActor(Protocol):
    @property
    def actor(self) -> Actor: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One status in the history of a request; `by_person` tells the person's own steps from the clinic's."""

    at: datetime
    title: Text
    tone: str
    comment: str
    by_person: bool


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request ready to show. `section` is a part of the record ("" = nowhere); newest step first."""

    id: UUID
    number: str
    kind: str
    kind_title: Text
    title: Text
    status: str
    status_title: Text
    tone: str
    created_at: datetime
    changed_at: datetime
    due_on: date | None
    is_closed: bool
    section: str
    can_cancel: bool
    steps: tuple[Step, ...]


def list_requests(
    scope: PatientScope,
    filters: Filters = Filters(),
    *,
    order: tuple[str, ...] = ("-created_at", "-id"),
    offset: int = 0,
    limit: int = 20,
) -> list[RequestRow]:
    """Return the requests on this record that this account may see, with their histories. Two statements."""
    rows = _visible(scope)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.state:
        rows = rows.filter(_is_closed()) if filters.state == CLOSED else rows.exclude(_is_closed())
    found = list(rows.order_by(*order)[offset : offset + limit])
    steps = _steps([request.pk for request in found])
    scope.reads.add("Task", [request.pk for request in found])
    return [_row(scope, request, steps.get(request.pk, [])) for request in found]


def count_requests(scope: PatientScope, filters: Filters = Filters()) -> Totals:
    """Return how many requests `list_requests` has in all, and the kinds to choose from. One statement."""
    pairs = _visible(scope).order_by().values_list("kind", "status").annotate(number=Count("id"))
    rows = sorted(pairs)
    return Totals(
        matching=sum(number for kind, status, number in rows if filters.takes(kind, status)),
        at_all=sum(number for _kind, _status, number in rows),
        kinds=tuple((kind, kinds.find(kind).title) for kind in dict.fromkeys(kind for kind, *_ in rows)),
    )


def get_request_row(scope: PatientScope, request_id: UUID) -> RequestRow:
    """Return one request with its history. Two statements. Raises NotFound."""
    request = get_request(scope, request_id)
    scope.reads.add("Task", [request.pk])
    return _row(scope, request, _steps([request.pk]).get(request.pk, []))


def find_row_of(scope: PatientScope, *, kind: str, target_id: UUID) -> RequestRow | None:
    """Return the request of a room's row with its history; None where there is none to see. Two statements."""
    request = _visible(scope).filter(kind=kind, target_id=target_id).first()
    return _row(scope, request, _steps([request.pk]).get(request.pk, [])) if request else None


def get_request_of(scope: HasActor, *, kind: str, target_id: UUID, lock: bool = False) -> Request:
    """Return the request of a room's row for a change. Raises NotFound."""
    found = Request.objects.filter(kind=kind, target_id=target_id).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound
    return get_request(scope, found, lock=lock)


def get_request(scope: HasActor, request_id: UUID, *, lock: bool = False) -> Request:
    """Return a request for a change: a person's own, any for the clinic's side. Raises NotFound."""
    found = Request.objects.all()
    if isinstance(scope, PatientScope):
        found = _visible(scope)
    elif isinstance(scope, AccountScope):
        found = found.filter(account_id=scope.account_id)
    if lock:
        found = found.select_for_update()
    request = found.filter(pk=request_id).first()
    if request is None:
        raise NotFound
    return request


def get_number(*, kind: str, target_id: UUID) -> str:
    """Return the number of the request that belongs to a room's row. Raises NotFound."""
    number = Request.objects.filter(kind=kind, target_id=target_id).values_list("number", flat=True).first()
    if number is None:
        raise NotFound
    return number


def _is_closed() -> Q:
    closed: dict[str, list[str]] = {}
    for kind, status in kinds.closed():
        closed.setdefault(kind, []).append(status)
    return reduce(or_, (Q(kind=kind, status__in=statuses) for kind, statuses in closed.items()), Q(pk__in=()))


def _visible(scope: PatientScope) -> QuerySet[Request]:
    """Keep what is about this person, and of the own record also what the account asked for about nobody.

    What is under special secrecy is left out unless this scope shows it.
    """
    own = Q(person_id=scope.person_id) | Q(person_id=None) if scope.is_self else Q(person_id=scope.person_id)
    shared = Q(person_id=scope.person_id) & ~Q(kind__in=kinds.private())
    found = Request.objects.filter(shared | (Q(account_id=scope.account_id) & own))
    return found if scope.shows_restricted else found.filter(is_restricted=False)


def _steps(ids: list[UUID]) -> dict[UUID, list[RequestEvent]]:
    found: dict[UUID, list[RequestEvent]] = {}
    if ids:
        for event in RequestEvent.objects.filter(request_id__in=ids).order_by("-at", "-id"):
            found.setdefault(event.request_id, []).append(event)
    return found


def _row(scope: PatientScope, request: Request, events: list[RequestEvent]) -> RequestRow:
    kind = kinds.find(request.kind)
    status = kind.status(request.status)
    return RequestRow(
        id=request.pk,
        number=request.number,
        kind=request.kind,
        kind_title=kind.title,
        title=kind.titles.get(request.title, request.title),
        status=request.status,
        status_title=status.title,
        tone=status.tone,
        created_at=request.created_at,
        changed_at=request.changed_at,
        due_on=request.due_on,
        is_closed=status.is_closed,
        section=kind.section.format(target=request.target_id) if request.target_id else "",
        can_cancel=scope.may_act and request.target_id is not None and request.status in kind.cancel_from,
        steps=tuple(_step(kind, event) for event in events),
    )


def _step(kind: kinds.Kind, event: RequestEvent) -> Step:
    status = kind.status(event.status)
    return Step(event.at, status.title, status.tone, event.comment, event.actor_kind == ActorKind.PERSON)
