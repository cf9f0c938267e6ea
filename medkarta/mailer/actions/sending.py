"""Sending a thing of a record to an address: asked for, counted, cancelled, forgotten."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import Refused, Text
from medkarta.core.scopes import PatientScope
from medkarta.mailer import passcodes, queries, rules, sealing
from medkarta.mailer.models import ContactPoint, Sending
from medkarta.mailer.sealing import Secrets
from medkarta.mailer.sendable import Thing
from medkarta.outbox import actions as outbox

SEND, FORGET = "mailer.send", "mailer.forget_secret"


class TooManySendings(Refused):
    text = _("За последний час вы отправили {count} писем с документами. Следующее — через {minutes} мин.")


class NotSendable(Refused):
    text: Text = _("Это нельзя отправить на почту")


class TooYoungToSend(NotSendable):
    text = _("Отправлять записи на почту из своего кабинета можно с 15 лет. Попросите родителя")


class SecretOfAnother(NotSendable):
    text = _("Запись под особой врачебной тайной отправляет на почту только сам пациент, из своего кабинета")


@dataclass(frozen=True, slots=True)
class Order:
    """What a form asks for. `form_key`: names the form; `password` empty: one is made; `days`: a link's life."""

    kind: str
    subject_id: UUID
    address: str = field(repr=False)
    is_typed: bool
    way: str
    form_key: UUID
    consent: str
    days: int = rules.USUAL_LINK_DAYS
    password: str = field(default="", repr=False)


def order_sending(scope: PatientScope, order: Order, *, now: datetime) -> UUID:
    """Queue a letter with a thing of this record and return the sending's id; the same form sends once.

    Raises NotFound for what this scope may not see, NotSendable, TooManySendings; nothing is written then.
    """
    thing = queries.get_thing(scope, order.kind, order.subject_id)
    check_sendable(scope, thing)
    sending = _sending(scope, order, thing, now=now)
    with transaction.atomic():
        ContactPoint.objects.select_for_update().update_or_create(account_id=scope.account_id)  # one at a time
        if Sending.objects.filter(pk=sending.pk).exists():
            return sending.pk
        _check_pace(scope.account_id, now=now)
        sending.save(force_insert=True)
        payload = {"sending_id": str(sending.pk)}
        outbox.put_many(
            [
                outbox.Delivery(SEND, str(sending.pk), payload),
                outbox.Delivery(FORGET, str(sending.pk), payload, now + rules.SHOW_SECRET),
            ]
        )
        details = {"kind": order.kind, "subject": str(order.subject_id), "way": order.way, "typed": order.is_typed}
        audit.record(scope, action="mailer.send", target=sending, details={**details, "consent": order.consent})
    return sending.pk


def check_sendable(scope: PatientScope, thing: Thing) -> None:
    """Raise NotSendable for a thing that this scope may see and not send.

    Sending is an act: a child under 15 may look at the own record and not give it away.
    A record under special secrecy leaves only by the will of the person himself, who has just proved who he is:
    not of a parent or a delegate, to whom it is not even shown without that (323-ФЗ, article 13; rules.md §8.2).
    """
    if not scope.may_act:
        raise TooYoungToSend
    if thing.refusal:
        refused = NotSendable()
        refused.text = thing.refusal
        raise refused
    if thing.is_restricted and not (scope.is_self and scope.shows_restricted):
        raise SecretOfAnother


@transaction.atomic
def revoke_sending(scope: PatientScope, sending_id: UUID, *, now: datetime) -> None:
    """Close a link, also one whose letter still waits. Once more is no error. Raises NotFound for another account's."""
    queries.check_own(scope, sending_id)
    found = Sending.objects.filter(pk=sending_id, way=Sending.Way.LINK, revoked_at=None)
    if found.update(revoked_at=now):
        audit.record(scope, action="mailer.revoke_link", target=sending_id)


def forget_secret(sending_id: UUID, *, now: datetime) -> bool:
    """Forget the secrets of a sending that is settled. Returns whether they are gone."""
    settled = Sending.objects.filter(pk=sending_id).exclude(state=Sending.State.QUEUED)
    settled.filter(created_at__lte=now - rules.SHOW_SECRET).update(sealed="")
    return not Sending.objects.filter(pk=sending_id).exclude(sealed="").exists()


def _sending(scope: PatientScope, order: Order, thing: Thing, *, now: datetime) -> Sending:
    is_link = order.way == Sending.Way.LINK
    token = passcodes.new_token() if is_link else ""
    secret = passcodes.new_passcode() if is_link else order.password or passcodes.new_password()
    is_typed = not is_link and bool(order.password)
    return Sending(
        id=_id_of(scope, order),
        account_id=scope.account_id,
        person_id=scope.person_id,
        kind=order.kind,
        subject_id=order.subject_id,
        title=thing.title[:200],
        is_restricted=thing.is_restricted,
        address=order.address,
        is_typed=order.is_typed,
        consent=order.consent,
        way=order.way,
        created_at=now,
        sealed=sealing.seal(Secrets(secret, token, is_typed)),
        token_hash=passcodes.token_hash(token) if is_link else None,
        passcode_hash=passcodes.hashed(secret) if is_link else "",
        expires_at=now + timedelta(days=order.days) if is_link else None,
    )


def _id_of(scope: PatientScope, order: Order) -> UUID:
    """Return an id that the same form with the same answers gives again, and nobody can compute from outside."""
    parts: Sequence[object] = (
        scope.account_id, scope.person_id, order.form_key, order.kind, order.subject_id, order.address, order.way,
        order.days, order.password,
    )  # fmt: skip
    key = f"medkarta.mailer.sending|{settings.SECRET_KEY}".encode()
    digest = hmac.new(key, "\n".join(map(str, parts)).encode(), hashlib.sha256).digest()
    return UUID(bytes=digest[:16])


def _check_pace(account_id: UUID, *, now: datetime) -> None:
    since = now - timedelta(hours=1)
    recent = Sending.objects.filter(account_id=account_id, created_at__gt=since).order_by("-created_at")
    times = list(recent.values_list("created_at", flat=True)[: rules.SENDINGS_AN_HOUR])
    if len(times) < rules.SENDINGS_AN_HOUR:
        return
    minutes = -(-(times[-1] - since).total_seconds() // 60)
    raise TooManySendings(count=len(times), minutes=max(int(minutes), 1))
