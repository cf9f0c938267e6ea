"""Taking a message: the row, its request with a number, and the audit row, together or not at all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Refused
from medkarta.core.scopes import AccountScope
from medkarta.feedback import queries, rules
from medkarta.feedback.models import Complaint, Message, ProblemReport
from medkarta.requests import actions as requests


class TooManyMessages(Refused):
    text = _("За час от вас пришло слишком много сообщений. Ваш текст сохранён ниже: отправьте его позже")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, already checked. `form_key` is the form's own; `page` a path of this site or ""."""

    form_key: UUID
    kind: str
    category: str
    text: str
    email: str
    page: str


def send_message(scope: AccountScope | None, draft: Draft, *, address: str, now: datetime) -> queries.Sent:
    """Take a message and open its request; the same form sent again gives the first one back.

    `scope` is None for somebody who is not signed in, `address` is his network address.
    Raises TooManyMessages; nothing is written then.
    """
    sender = f"account:{scope.account_id}" if scope else f"address:{address}"
    sender_hash = salted_hmac("medkarta.feedback.sender", sender, algorithm="sha256").hexdigest()
    key = rules.message_key(
        draft.form_key,
        sender=sender_hash,
        kind=draft.kind,
        category=draft.category,
        email=draft.email,
        text=draft.text,
    )
    sent = _find(draft.kind, key)
    if sent:
        return sent
    if rules.is_over_limit(queries.count_since(sender_hash, now - rules.WINDOW)):
        raise TooManyMessages
    try:
        return _write(scope, draft, key=key, sender_hash=sender_hash, now=now)
    except IntegrityError:
        sent = _find(draft.kind, key)
        if sent is None:
            raise
        return sent


@transaction.atomic
def _write(scope: AccountScope | None, draft: Draft, *, key: UUID, sender_hash: str, now: datetime) -> queries.Sent:
    row: ProblemReport | Complaint
    row = Complaint() if draft.kind == "complaint" else ProblemReport(kind=draft.kind)
    row.key = key
    row.account_id = scope.account_id if scope else None
    row.category = draft.category
    row.text = draft.text
    row.email = draft.email
    row.page = draft.page
    row.sender_hash = sender_hash
    row.created_at = now
    row.save(force_insert=True)
    requests.open_request(
        scope,
        kind=draft.kind,
        now=now,
        target_id=row.pk,
        title=row.category,
        due_on=rules.due_on(timezone.localtime(now).date(), is_signed_in=scope is not None),
    )
    return queries.sent_of(draft.kind, row)


def _find(kind: str, key: UUID) -> queries.Sent | None:
    found: Message | None = queries.model_of(kind).objects.filter(key=key).first()
    return queries.sent_of(kind, found) if found else None
