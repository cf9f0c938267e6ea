"""Writes of requests. A room calls them inside the transaction that writes its own row."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import Refused
from medkarta.core.scopes import AccountScope, Actor, ActorKind, PatientScope, StaffScope, WorkerScope
from medkarta.requests import kinds, queries, rules
from medkarta.requests.models import Request, RequestEvent, RequestSerial

PREFIX = "МК"
Asker = PatientScope | AccountScope | StaffScope | WorkerScope
_ANONYMOUS = AccountScope(Actor(ActorKind.PERSON, ""), UUID(int=0))


class StatusNotAllowed(Refused):
    text = _("Статус этого заявления уже другой. Обновите страницу")


class CannotCancel(Refused):
    text = _("Отменить это заявление на портале нельзя")


@transaction.atomic
def open_request(
    scope: Asker | None,
    *,
    kind: str,
    now: datetime,
    target_id: UUID | None = None,
    title: str = "",
    comment: str = "",
    due_on: date | None = None,
    is_restricted: bool = False,
    person_id: UUID | None = None,
) -> Request:
    """Open a request in the first status of its kind and write its number, history and audit row.

    `scope` is None for somebody who is not signed in (public forms). `is_restricted`: the room's row is under special
    secrecy, and so is its request. `person_id`: whom a clinic or the house itself asks for. Raises KeyError for an
    unknown kind, ValueError for a person who asks for somebody else.
    """
    if isinstance(scope, PatientScope):
        if person_id not in (None, scope.person_id):
            raise ValueError("a person asks for whom his scope is of")
        person_id = scope.person_id
    first = kinds.get(kind).first
    request = Request.objects.create(
        number=rules.format_number(prefix=PREFIX, year=now.year, serial=RequestSerial.objects.create().pk),
        kind=kind,
        account_id=scope.account_id if isinstance(scope, (PatientScope, AccountScope)) else None,
        person_id=person_id,
        target_id=target_id,
        title=title,
        is_restricted=is_restricted,
        status=first.code,
        due_on=due_on,
        created_at=now,
        changed_at=now,
    )
    actor = scope or _ANONYMOUS
    _add_event(actor, request, comment=comment, now=now)
    audit.record(actor, action="requests.open", target=request, person_id=person_id, details={"kind": kind})
    return request


@transaction.atomic
def change_status(
    scope: queries.HasActor, *, request_id: UUID, status: str, now: datetime, comment: str = ""
) -> Request:
    """Move a request to another status, as its kind allows, and write the step and the audit row.

    Raises NotFound for a request outside the scope, StatusNotAllowed for a move that is none; nothing is written then.
    """
    request = queries.get_request(scope, request_id, lock=True)
    if not rules.can_move(kinds.find(request.kind).transitions, current=request.status, wanted=status):
        raise StatusNotAllowed
    return _set_status(scope, request, status, comment=comment, now=now)


@transaction.atomic
def change_status_of(
    scope: queries.HasActor, *, kind: str, target_id: UUID, status: str, now: datetime, comment: str = ""
) -> Request:
    """Move the request of a room's row as the room has moved the row; the same status again is one more step.

    Raises NotFound, StatusNotAllowed.
    """
    request = queries.get_request_of(scope, kind=kind, target_id=target_id, lock=True)
    if status != request.status and not rules.can_move(
        kinds.find(kind).transitions, current=request.status, wanted=status
    ):
        raise StatusNotAllowed
    return _set_status(scope, request, status, comment=comment, now=now)


@transaction.atomic
def cancel_request(scope: PatientScope, *, request_id: UUID, now: datetime) -> None:
    """Take a request back by what its kind has registered; one that is cancelled already stays so.

    Raises NotFound, CannotCancel, and what the room says no with; nothing is written then.
    """
    request = queries.get_request(scope, request_id)
    cancel = kinds.find(request.kind).cancel
    if cancel is None or request.target_id is None:
        raise CannotCancel
    cancel(scope, request.target_id, now)


def _set_status(scope: queries.HasActor, request: Request, status: str, *, comment: str, now: datetime) -> Request:
    request.status = status
    request.changed_at = now
    request.save(update_fields=["status", "changed_at"])
    _add_event(scope, request, comment=comment, now=now)
    audit.record(
        scope,
        action="requests.change_status",
        target=request,
        person_id=request.person_id,
        details={"kind": request.kind, "status": status},
    )
    return request


def _add_event(scope: queries.HasActor, request: Request, *, comment: str, now: datetime) -> None:
    RequestEvent.objects.create(
        request=request, at=now, status=request.status, comment=comment, actor_kind=scope.actor.kind.value
    )
