"""Opening what a link leads to, by its passcode: nobody signs in for that."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import Actor, ActorKind, WorkerScope
from medkarta.integrations.storage.port import FileMissing
from medkarta.mailer import passcodes, recipients, rules, sendable
from medkarta.mailer.actions.delivering import scope_of_sender
from medkarta.mailer.models import CodeTry, LinkOpening, Sending


class NotOpened(Refused):
    """The passcode is wrong, or there is nothing under this address: nobody learns which of the two."""

    text = _(
        "Код не подошёл, или ссылка больше не действует. Проверьте код у того, кто отправил документ. "
        "После пяти ошибок ссылка закрывается, и документ нужно отправить ещё раз"
    )


class LinkOver(Refused):
    """Told only to somebody who knows the passcode."""

    text = _("Код верный, но ссылка больше не действует: её срок истёк. Попросите отправить документ ещё раз")


class LinkRevoked(LinkOver):
    text = _("Код верный, но отправитель отозвал ссылку")


class ThingGone(LinkOver):
    text = _("Код верный, но документ больше не доступен отправителю. Спросите его, что случилось")


class FileGone(LinkOver):
    text = _("Код верный, но файла документа на портале больше нет. Сообщите об этом отправителю")


class LetterLost(LinkOver):
    text = _("Код верный, но отправка не удалась, и ссылка закрыта. Попросите отправить документ ещё раз")


class TooManyCodes(Refused):
    text = _("Слишком много попыток из вашей сети. Попробуйте снова через час")


def open_link(*, token: str, code: str, address: str, now: datetime) -> bytes:
    """Return the PDF that a link leads to, and count it. Takes as long for a link that never was.

    `address`: the visitor's network address. Raises TooManyCodes before any work; NotOpened; LinkOver and its kinds
    where the passcode is right.
    """
    _count_try(address, now=now)
    found = Sending.objects.filter(token_hash=passcodes.token_hash(token)).first()
    is_right = passcodes.matches(code, found.passcode_hash if found else "")
    if found is None or not _may_try(found.pk, is_right=is_right):
        raise NotOpened
    if found.revoked_at is not None:
        raise LinkRevoked
    if found.is_lost:
        raise LetterLost
    if found.expires_at is None or now >= found.expires_at:
        raise LinkOver
    try:
        kind, scope = sendable.get(found.kind), scope_of_sender(found, now=now)
        with translation.override(_language_of(found.account_id)):
            data = kind.make(scope, found.subject_id, now=now)
    except NotFound:
        raise ThingGone from None
    except FileMissing:
        raise FileGone from None
    _count(found, read=scope.reads.by_kind, now=now)
    return data


def _count_try(address: str, *, now: datetime) -> None:
    """Write down that a network tries a passcode. Raises TooManyCodes; what is refused prolongs nothing."""
    network = salted_hmac("medkarta.mailer.network", rules.network_of(address), algorithm="sha256").hexdigest()
    recent = CodeTry.objects.filter(address_hash=network, tried_at__gt=now - rules.CODES_WINDOW)
    if recent.count() >= rules.CODES_AN_HOUR:
        raise TooManyCodes
    CodeTry.objects.create(address_hash=network, tried_at=now)


@transaction.atomic
def _may_try(sending_id: UUID, *, is_right: bool) -> bool:
    """Tell whether a passcode opens; a wrong one is counted and written down, and after five none opens."""
    found = Sending.objects.select_for_update().get(pk=sending_id)
    if found.wrong_codes >= rules.WRONG_CODES:
        return False
    if not is_right:
        Sending.objects.filter(pk=sending_id).update(wrong_codes=F("wrong_codes") + 1)
        audit.record(
            _scope(found), action="mailer.open_link", person_id=found.person_id, target=found, outcome="refused"
        )
    return is_right


@transaction.atomic
def _count(found: Sending, *, read: dict[str, list[str]], now: datetime) -> None:
    LinkOpening.objects.create(sending=found, opened_at=now)
    audit.record(
        _scope(found), action="mailer.open_link", person_id=found.person_id, target=found, details={"read": read}
    )


def _language_of(account_id: UUID) -> str:
    """Return the sender's language: the paper is his, whoever reads it."""
    recipient = recipients.find(account_id)
    if recipient is None:
        raise NotFound
    return recipient.language


def _scope(found: Sending) -> WorkerScope:
    return WorkerScope(Actor(ActorKind.LINK, str(found.pk)))
