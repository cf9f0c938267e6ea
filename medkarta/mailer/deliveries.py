"""What the worker does for the mailer. Each delivery asks once more what is still wanted, and by whom."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from medkarta.core import families
from medkarta.core.scopes import WorkerScope
from medkarta.integrations.mail import port as mail
from medkarta.integrations.push import port as push
from medkarta.mailer import actions, letters, recipients, rules, texts
from medkarta.mailer.models import Channel, Choice, ContactPoint, Notice, PushSubscription, Sending
from medkarta.mailer.queries import Recipient
from medkarta.outbox import actions as outbox
from medkarta.outbox.handlers import GiveUp, PutOff

Reason = Sending.Reason
DEVICE = "mailer.device"
TTL_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Wanted:
    """A notice that its account still wants through a channel."""

    notice: Notice
    words: texts.Words
    recipient: Recipient


def due(*, key: str, notice_id: str) -> None:
    """The time of a notice has come: queue its letter and its push; the bell forgets what is nobody's to know now."""
    now = timezone.now()
    notice = Notice.objects.filter(pk=notice_id, shown_at__lte=now).first()
    if notice is not None and not _may_know(notice, now=now):
        notice.delete()
    actions.spread(UUID(notice_id), now=now)


def letter(*, key: str, notice_id: str) -> None:
    """Send a notice as a letter. Raises PutOff in quiet hours, GiveUp if refused for good, MailUnavailable."""
    now = timezone.now()
    wanted, post = _wanted(notice_id, Channel.MAIL, now=now), mail.post()
    if wanted is None or post is None:
        return
    notice, words, recipient = wanted.notice, wanted.words, wanted.recipient
    point = ContactPoint.objects.filter(account_id=notice.account_id).first() or ContactPoint()
    address = point.address or recipient.email
    if not address:
        return
    with translation.override(recipient.language):
        facts = words.facts(**notice.params) if words.facts else {}
        if facts is None:
            return
        found = letters.of_notice(
            notice, words, facts, address=address, language=recipient.language, is_detailed=point.is_detailed
        )
    try:
        post.send(found)
    except mail.LetterRefused as refused:
        _tell_undelivered(notice.account_id, now=now)
        raise GiveUp(str(refused)) from None


def confirm(*, key: str, point_id: str) -> None:
    """Send the link that confirms a typed address. Raises GiveUp if refused for good, MailUnavailable."""
    now = timezone.now()
    point, post = ContactPoint.objects.filter(pk=point_id).exclude(pending="").first(), mail.post()
    recipient = recipients.find(point.account_id) if point else None
    if point is None or post is None or recipient is None:
        return
    with translation.override(recipient.language):
        found = letters.of_address(point, key=key, language=recipient.language, now=now)
    try:
        post.send(found)
    except mail.LetterRefused as refused:
        _tell_undelivered(point.account_id, now=now)
        raise GiveUp(str(refused)) from None


def spread_push(*, key: str, notice_id: str) -> None:
    """Queue a message for each device of the account, so that one that fails holds up no other."""
    wanted = _wanted(notice_id, Channel.PUSH, now=timezone.now())
    if wanted is None:
        return
    devices = PushSubscription.objects.filter(account_id=wanted.notice.account_id).values_list("pk", flat=True)
    outbox.put_many(
        outbox.Delivery(DEVICE, f"{notice_id}:{pk}", {"notice_id": notice_id, "subscription_id": str(pk)})
        for pk in devices
    )


def device(*, key: str, notice_id: str, subscription_id: str) -> None:
    """Send a message to one device: that there is news, and its opaque id; what it is about stays here."""
    now = timezone.now()
    wanted = _wanted(notice_id, Channel.PUSH, now=now)
    subscription = PushSubscription.objects.filter(pk=subscription_id).first()
    if wanted is None or subscription is None or wanted.notice.read_at is not None:
        return
    if subscription.account_id != wanted.notice.account_id:
        return
    with translation.override(wanted.recipient.language):
        data = {"id": notice_id, "title": _("Медкарта"), "text": _("Новое уведомление")}
    message = push.Message(
        json.dumps(data, ensure_ascii=False).encode(),
        topic=wanted.notice.pk.hex,
        ttl_seconds=TTL_SECONDS,
        is_urgent=wanted.words.is_urgent,
    )
    target = push.Subscription(subscription.endpoint, subscription.p256dh, subscription.auth)
    try:
        push.sender().send(target, message, now=now)
    except push.SubscriptionGone:
        PushSubscription.objects.filter(pk=subscription.pk).delete()
    except push.PushRefused as refused:
        raise GiveUp(str(refused)) from None


def send(*, key: str, sending_id: str) -> None:
    """Send what a person has sent. What stands in the way for good is kept with it, in words, and not tried again.

    Raises MailUnavailable or whatever went wrong until the tries are used up.
    """
    now = timezone.now()
    sending = actions.take_sending(UUID(sending_id))
    if sending is None:
        return
    reason: Reason | None = None
    try:
        _hand_over(sending, now=now)
    except actions.Unsent as lost:
        reason = lost.reason
    except mail.LetterTooBig:
        reason = Reason.TOO_BIG
    except mail.LetterRefused as refused:
        reason = Reason.REFUSED if str(refused).startswith("SMTP") else Reason.ADDRESS
    except mail.MailUnavailable:
        if sending.attempts < rules.TRIES:
            actions.note_failure(sending)
            raise
        reason = Reason.UNREACHABLE
    except Exception:
        if sending.attempts >= rules.TRIES:
            actions.settle(sending, now=now, reason=Reason.BROKEN)
        actions.note_failure(sending)
        raise
    actions.settle(sending, now=now, reason=reason)


def forget_secret(*, key: str, sending_id: str) -> None:
    """Forget the secrets of a sending; as long as it waits for a mail server they are needed."""
    now = timezone.now()
    if not actions.forget_secret(UUID(sending_id), now=now):
        raise PutOff(now + rules.SHOW_SECRET)


def tidy(*, key: str) -> None:
    actions.tidy(now=timezone.now())


def _hand_over(sending: Sending, *, now: datetime) -> None:
    letter, post = actions.letter_of(sending, now=now), mail.post()
    if post is None:
        raise mail.MailUnavailable("no mail server is set")
    post.send(letter)


def _wanted(notice_id: str, channel: Channel, *, now: datetime) -> Wanted | None:
    """Return a notice if it stands and its account lives, consents, may know of it and has the channel on.

    Raises PutOff if it is too early.
    """
    notice = Notice.objects.filter(pk=notice_id).first()
    words = texts.find(notice.text) if notice else None
    if notice is None or words is None:
        return None
    if not Choice.objects.filter(account_id=notice.account_id, channel=channel, kind=notice.kind).exists():
        return None
    recipient = recipients.find(notice.account_id)
    if recipient is None or not recipient.may_message or not _may_know(notice, now=now):
        return None
    sendable_at = actions.sendable_at(notice.text, now=now)
    if sendable_at > now:
        raise PutOff(sendable_at)
    return Wanted(notice, words, recipient)


def _may_know(notice: Notice, *, now: datetime) -> bool:
    """Tell whether an account may still open the record that a notice is about: its right may have ended since."""
    if notice.person_id is None:
        return True
    family = families.find(notice.account_id, now=now)
    return family is not None and any(one.person_id == notice.person_id for one in family.members)


def _tell_undelivered(account_id: UUID, *, now: datetime) -> None:
    """Say so by the bell, once a day, and on the page of the settings until an address is put right."""
    ContactPoint.objects.update_or_create(account_id=account_id, defaults={"refused_at": now})
    actions.notify(
        WorkerScope(),
        account_ids=[account_id],
        person_id=None,
        kind="",
        text="mailer.undelivered",
        params={},
        link=letters.SETTINGS,
        key=f"mailer.undelivered:{timezone.localdate(now).isoformat()}",
        now=now,
    )
