"""Reads of requests: in a record, and one by one for the action that changes it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from django.db.models import Q, QuerySet

from medkarta.core.errors import NotFound, Text
from medkarta.core.scopes import AccountScope, Actor, ActorKind, PatientScope
from medkarta.requests import kinds
from medkarta.requests.models import Request, RequestEvent

SORTS: dict[str, tuple[str, ...]] = {
    "created": ("created_at", "id"),
    "number": ("number",),
    "changed": ("changed_at", "id"),
}


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
    steps: tuple[Step, ...]


def list_requests(
    scope: PatientScope, *, order: tuple[str, ...] = ("-created_at", "-id"), offset: int = 0, limit: int = 20
) -> list[RequestRow]:
    """Return the requests on this record that this account may see, with their histories. Two statements."""
    found = list(_visible(scope).order_by(*order)[offset : offset + limit])
    steps = _steps([request.pk for request in found])
    scope.reads.add("Task", [request.pk for request in found])
    return [_row(request, steps.get(request.pk, [])) for request in found]


def count_requests(scope: PatientScope) -> int:
    """Return how many requests `list_requests` has in all. One statement."""
    return _visible(scope).count()


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


def _visible(scope: PatientScope) -> QuerySet[Request]:
    """Keep what is about this person, and of the own record also what the account asked for about nobody."""
    own = Q(person_id=scope.person_id) | Q(person_id=None) if scope.is_self else Q(person_id=scope.person_id)
    shared = Q(person_id=scope.person_id) & ~Q(kind__in=kinds.private())
    return Request.objects.filter(shared | (Q(account_id=scope.account_id) & own))


def _steps(ids: list[UUID]) -> dict[UUID, list[RequestEvent]]:
    found: dict[UUID, list[RequestEvent]] = {}
    if ids:
        for event in RequestEvent.objects.filter(request_id__in=ids).order_by("-at", "-id"):
            found.setdefault(event.request_id, []).append(event)
    return found


def _row(request: Request, events: list[RequestEvent]) -> RequestRow:
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
        steps=tuple(_step(kind, event) for event in events),
    )


def _step(kind: kinds.Kind, event: RequestEvent) -> Step:
    status = kind.status(event.status)
    return Step(event.at, status.title, status.tone, event.comment, event.actor_kind == ActorKind.PERSON)
