"""Telling people: rooms call `notify` inside the transaction of the change that it tells of."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from medkarta.core.compiled import compiled
from medkarta.core.inserting import insert
from medkarta.core.scopes import AccountScope
from medkarta.mailer import queries, rules, texts
from medkarta.mailer.models import Channel, Choice, CodeTry, Notice, Sending
from medkarta.outbox import actions as outbox

DUE, LETTER, PUSH = "mailer.due", "mailer.letter", "mailer.push"
_HANDLER = {Channel.MAIL: LETTER, Channel.PUSH: PUSH}


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell to some accounts; see `notify` for what the values mean."""

    account_ids: Collection[UUID]
    person_id: UUID | None
    kind: str
    text: str
    params: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    key: str = ""
    due_at: datetime | None = None


def notify(
    scope: queries.HasActor,
    *,
    account_ids: Collection[UUID],
    person_id: UUID | None,
    kind: str,
    text: str,
    params: Mapping[str, str],
    link: str,
    key: str,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Tell accounts something, by the bell and by the channels that each has switched on for this kind.

    `kind`: one of `models.Kind`, or "" for the bell only. `text`: words registered with `texts.register`.
    `params`: ids as texts, nothing else. `link`: with a person the section of his record (`appointments/<id>/`),
    without one a path of the site. `key`: names the news (`scheduling.booked:<id>`, at most 96 characters); the same
    key reaches an account once. `due_at`: tell it then and not before; `withdraw` takes it back until then.

    Raises KeyError for words nobody registered, ValueError for an unknown kind.
    """
    notify_all(scope, [News(account_ids, person_id, kind, text, params, link, key, due_at)], now=now)


def notify_all(scope: queries.HasActor, news: Iterable[News], *, now: datetime) -> None:
    """Tell several things at once. At most three statements for any number of them, in the caller's transaction."""
    told = list(news)
    for one in told:
        texts.get(one.text)
        if one.kind not in queries.KINDS:
            raise ValueError(f"unknown kind of notice {one.kind!r}")
    notices = [_notice(account_id, one, now=now) for one in told for account_id in dict.fromkeys(one.account_ids)]
    if notices:
        with transaction.atomic(savepoint=False):
            _write(notices, now=now)


def _write(notices: list[Notice], *, now: datetime) -> None:
    insert(notices, ignore_conflicts=True)
    later = [notice for notice in notices if notice.shown_at > now]
    at_once = [notice for notice in notices if notice.shown_at <= now]
    waiting = [outbox.Delivery(DUE, _due_key(one), {"notice_id": str(one.pk)}, one.shown_at) for one in later]
    deliveries = [*waiting, *_deliveries(at_once, now=now)]
    if deliveries:
        outbox.put_many(deliveries)


def spread(notice_id: UUID, *, now: datetime) -> None:
    """Queue the letter and the push of a notice whose time has come.

    One that was taken back is left alone, also where it was told anew for a later time: that has its own row.
    """
    found = Notice.objects.filter(pk=notice_id, shown_at__lte=now).first()
    deliveries = list(_deliveries([found], now=now)) if found else []
    if deliveries:
        outbox.put_many(deliveries)


def withdraw(scope: queries.HasActor, *, keys: Collection[str], now: datetime) -> int:
    """Take back news that nobody has been told yet (`due_at` still ahead). Returns how many. One statement."""
    gone, _ = Notice.objects.filter(key__in=keys, shown_at__gt=now).delete()
    return gone


def mark_read(scope: AccountScope, *, notice_id: UUID, now: datetime) -> None:
    Notice.objects.filter(pk=notice_id, account_id=scope.account_id, read_at=None).update(read_at=now)


def mark_all_read(scope: AccountScope, *, now: datetime) -> int:
    """Mark everything that the bell shows as read. Returns how much was new."""
    return Notice.objects.filter(account_id=scope.account_id, read_at=None, shown_at__lte=now).update(read_at=now)


def tidy(*, now: datetime) -> int:
    """Forget notices a year after they were told, and what was sent a year ago. Returns how many notices went."""
    gone, _ = Notice.objects.filter(shown_at__lt=now - rules.KEEP).delete()
    Sending.objects.filter(created_at__lt=now - rules.KEEP).delete()
    CodeTry.objects.filter(tried_at__lte=now - rules.CODES_WINDOW).delete()
    return gone


def _due_key(notice: Notice) -> str:
    """Return the key of a delivery at its time: news taken back and told anew for another time is another one."""
    return f"{notice.pk}:{int(notice.shown_at.timestamp())}"


def _notice(account_id: UUID, news: News, *, now: datetime) -> Notice:
    return Notice(
        id=rules.notice_id(account_id, news.key),
        account_id=account_id,
        person_id=news.person_id,
        kind=news.kind,
        text=news.text,
        params=dict(news.params),
        link=news.link,
        key=news.key,
        created_at=now,
        shown_at=max(news.due_at or now, now),
    )


def _deliveries(notices: Collection[Notice], *, now: datetime) -> Iterator[outbox.Delivery]:
    """Yield one delivery for each notice and channel that its account has switched on for its kind."""
    if not notices:
        return
    chosen: dict[tuple[UUID, str], list[str]] = {}
    accounts = tuple(dict.fromkeys(one.account_id for one in notices))
    for account_id, kind, channel in _choices(accounts=accounts):
        chosen.setdefault((account_id, kind), []).append(channel)
    for notice in notices:
        for channel in chosen.get((notice.account_id, notice.kind), []):
            due_at = sendable_at(notice.text, now=now)
            yield outbox.Delivery(_HANDLER[Channel(channel)], str(notice.pk), {"notice_id": str(notice.pk)}, due_at)


@compiled
def _choices(*, accounts: tuple[UUID, ...]) -> QuerySet[Choice, Any]:
    wanted = Choice.objects.filter(account_id__in=accounts).order_by("channel")
    return wanted.values_list("account_id", "kind", "channel")


def sendable_at(text: str, *, now: datetime) -> datetime:
    """Return when words may leave the house: at once, or after the quiet hours unless they are urgent."""
    words = texts.find(text)
    if words is not None and words.is_urgent:
        return now
    return rules.after_quiet(now, quiet=settings.QUIET_HOURS, zone=timezone.get_default_timezone())
