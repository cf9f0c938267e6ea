"""Reads of what an account has sent to addresses. Another account of the same record sees nothing of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from medkarta.core.errors import NotFound, Text
from medkarta.core.scopes import PatientScope
from medkarta.mailer import recipients, rules, sealing, sendable
from medkarta.mailer.models import ContactPoint, LinkOpening, Sending
from medkarta.mailer.sealing import Secrets
from medkarta.mailer.sendable import Thing
from medkarta.ui.marks import StateMark

SHOWN_OPENINGS = 10


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """An address that is known to be the person's. `source`: esia or letters."""

    source: str
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SendingRow:
    """Something sent. `opened`: how often its link was opened; `is_link_open`: it would open now.

    `is_hidden`: the record is under special secrecy, and its owner has not just proved himself: only that there is a
    sending is told, so that its link can be closed at any time. `what`: a kind of thing in words, nothing medical.
    """

    id: UUID
    kind: str
    what: Text
    subject_id: UUID
    is_hidden: bool
    address: str = field(repr=False)
    way: str
    way_text: Text
    state: StateMark
    is_waiting: bool
    created_at: datetime
    expires_at: datetime | None
    is_link_open: bool
    link_text: str
    opened: int
    opened_at: datetime | None
    openings: tuple[datetime, ...] = ()


def list_addresses(account_id: UUID) -> list[OwnAddress]:
    """Return the addresses that an account has confirmed: the provider's, and the one of its letters."""
    recipient = recipients.find(account_id)
    typed = ContactPoint.objects.filter(account_id=account_id).values_list("address", flat=True).first() or ""
    found = [OwnAddress("esia", recipient.email if recipient else ""), OwnAddress("letters", typed)]
    known: dict[str, OwnAddress] = {}
    for one in found:
        if one.address:
            known.setdefault(one.address.lower(), one)
    return list(known.values())


def get_thing(scope: PatientScope, kind: str, subject_id: UUID) -> Thing:
    """Return what is to be sent. Raises NotFound for an unknown kind and for what this scope may not see."""
    return sendable.get(kind).find(scope, subject_id)


def list_sendings(
    scope: PatientScope, *, now: datetime, offset: int = 0, limit: int = 20, subject: tuple[str, UUID] | None = None
) -> list[SendingRow]:
    """Return what this account has sent of this record, or of one thing of it, the newest first. One statement."""
    found = _visible(scope, subject).annotate(opened=Count("openings"), opened_at=Max("openings__opened_at"))
    return [_row(scope, one, now=now) for one in found.order_by("-created_at", "-id")[offset : offset + limit]]


def count_sendings(scope: PatientScope) -> int:
    return _visible(scope).count()


def get_sending(scope: PatientScope, sending_id: UUID, *, now: datetime) -> SendingRow:
    """Return one, with the times it was opened. Two statements. Raises NotFound for another account's."""
    found = _own(scope, sending_id)
    times = LinkOpening.objects.filter(sending_id=sending_id).order_by("-opened_at").values_list("opened_at", flat=True)
    return _row(scope, found, now=now, openings=list(times))


def title_of(scope: PatientScope, row: SendingRow) -> str:
    """Return the title of what was sent as its own page says it; empty once this scope may not see it any more."""
    try:
        return get_thing(scope, row.kind, row.subject_id).title
    except NotFound:
        return ""


def check_own(scope: PatientScope, sending_id: UUID) -> None:
    """Raise NotFound for a sending of another account or record. One statement."""
    _own(scope, sending_id)


def secret_of(scope: PatientScope, sending_id: UUID, *, now: datetime) -> Secrets | None:
    """Return the passcode or password of a sending for as long as it is shown, None afterwards."""
    found = _visible(scope).filter(pk=sending_id, created_at__gt=now - rules.SHOW_SECRET).first()
    return sealing.unseal(found.sealed) if found is not None and not _is_hidden(scope, found) else None


def _own(scope: PatientScope, sending_id: UUID) -> Sending:
    found = _visible(scope).filter(pk=sending_id).first()
    if found is None:
        raise NotFound
    return found


def _is_hidden(scope: PatientScope, found: Sending) -> bool:
    return found.is_restricted and not scope.shows_restricted


def _visible(scope: PatientScope, subject: tuple[str, UUID] | None = None) -> QuerySet[Sending]:
    found = Sending.objects.filter(account_id=scope.account_id, person_id=scope.person_id)
    if not scope.is_self:
        found = found.filter(is_restricted=False)
    return found.filter(kind=subject[0], subject_id=subject[1]) if subject else found


def _row(scope: PatientScope, found: Any, *, now: datetime, openings: Iterable[datetime] = ()) -> SendingRow:
    times, is_hidden = tuple(openings), _is_hidden(scope, found)
    return SendingRow(
        id=found.pk,
        kind=found.kind,
        what=_("Запись под особой тайной") if is_hidden else sendable.title_of(found.kind),
        subject_id=found.subject_id,
        is_hidden=is_hidden,
        address=rules.masked(found.address) if is_hidden else found.address,
        way=found.way,
        way_text=Sending.Way(found.way).label,
        state=_mark(found),
        is_waiting=found.state == Sending.State.QUEUED,
        created_at=found.created_at,
        expires_at=found.expires_at,
        is_link_open=is_link_open(found, now=now),
        link_text=_link_text(found, now=now),
        opened=getattr(found, "opened", len(times)),
        opened_at=getattr(found, "opened_at", times[0] if times else None),
        openings=times[:SHOWN_OPENINGS],
    )


def is_link_open(found: Sending, *, now: datetime) -> bool:
    """Tell whether a link would open for somebody with its passcode."""
    return (
        found.expires_at is not None
        and now < found.expires_at
        and found.revoked_at is None
        and found.wrong_codes < rules.WRONG_CODES
        and not found.is_lost
    )


def _link_text(found: Sending, *, now: datetime) -> str:
    if found.expires_at is None or found.is_lost:
        return ""
    if found.revoked_at is not None:
        return _("ссылка отозвана")
    if found.wrong_codes >= rules.WRONG_CODES:
        return _("ссылка закрыта: пять раз ввели неверный код")
    return _("срок ссылки истёк") if now >= found.expires_at else ""


def _mark(found: Sending) -> StateMark:
    state = Sending.State(found.state)
    if state is Sending.State.ACCEPTED:
        return StateMark(str(state.label), "ok", "circle-check")
    if state is Sending.State.FAILED:
        return StateMark(f"{state.label}: {Sending.Reason(found.reason).label}", "bad", "circle-x")
    if found.has_failed_try:
        return StateMark(_("в очереди: пока не получилось, попробуем ещё"), "warn", "hourglass")
    return StateMark(str(state.label), "neutral", "clock")
