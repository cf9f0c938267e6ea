"""The access log in words: who, what, when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from medkarta.audit import queries as audit
from medkarta.audit import texts
from medkarta.core.scopes import ActorKind, PatientScope, Restricted
from medkarta.patients import queries as patients
from medkarta.privacy import rules


@dataclass(frozen=True, slots=True)
class LogRow:
    """`is_mine`: the account that looks at the log did it itself."""

    at: datetime
    who: str
    what: str | Promise
    count: int
    result: str
    is_mine: bool


def list_log(scope: PatientScope, *, offset: int, limit: int) -> tuple[list[LogRow], int]:
    """Return the log of this record, the newest first, and its length. Four statements."""
    rows = patients.list_patient_ids(scope)
    events, total = audit.list_events(scope, patient_ids=rows, offset=offset, limit=limit)
    names = _names(events)
    return [_row(scope, one, names) for one in events], total


def _names(events: Iterable[audit.EventRow]) -> dict[UUID, str]:
    people = {UUID(one.actor_ref) for one in events if one.actor_kind == ActorKind.PERSON and one.actor_ref}
    return patients.names_of_accounts(people)


def _row(scope: PatientScope, event: audit.EventRow, names: dict[UUID, str]) -> LogRow:
    mine = event.actor_kind == ActorKind.PERSON and event.actor_ref == str(scope.account_id)
    is_blind = not mine and scope.restricted is Restricted.HIDDEN
    return LogRow(
        at=event.at,
        who=_who(event, names, mine=mine, is_blind=is_blind),
        what=texts.text_of(event.action),
        count=0 if is_blind else rules.count_of(event.details),
        result={"refused": _("отказано"), "failed": _("не удалось")}.get(event.outcome, ""),
        is_mine=mine,
    )


def _who(event: audit.EventRow, names: dict[UUID, str], *, mine: bool, is_blind: bool) -> str:
    """Say who it was. To whom secrecy binds, neither how many records nor which clinic: both tell of hidden ones."""
    if mine:
        return _("Вы")
    if event.actor_kind == ActorKind.PERSON:
        if not event.actor_ref:
            return _("Посетитель портала без входа")
        return names.get(UUID(event.actor_ref)) or _("Другой пользователь портала")
    if event.actor_kind == ActorKind.SYSTEM and is_blind:
        return _("Система медицинской организации")
    if event.actor_kind == ActorKind.SYSTEM:
        return _("Система медицинской организации «%(name)s»") % {"name": event.actor_ref}
    if event.actor_kind == ActorKind.LINK:
        return _("Тот, кому отправили ссылку")
    return _("Портал, автоматически")
