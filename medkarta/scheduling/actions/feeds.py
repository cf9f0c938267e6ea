"""Writes of private calendar feeds: made, read, revoked."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import AccountScope, FamilyScope
from medkarta.scheduling.models import CalendarFeed
from medkarta.scheduling.queries.feeds import FeedRow, hash_of
from medkarta.scheduling.rules.calendar import MAX_FEEDS

TOKEN_BYTES = 32
READ_EVERY = timedelta(minutes=1)


class TooManyFeeds(Refused):
    text = _("Подписок уже много. Отзовите те, которыми не пользуетесь, и создайте новую")


@dataclass(frozen=True, slots=True)
class CreatedFeed:
    """A new feed and the only copy of its secret."""

    id: UUID
    token: str


@transaction.atomic
def create_feed(
    scope: FamilyScope, *, person_id: UUID | None, is_detailed: bool, has_address: bool, language: str, now: datetime
) -> CreatedFeed:
    """Make a private address for the calendar of one person, or of all (None).

    Raises NotFound for a person that the account may not open, TooManyFeeds beyond 20 live ones.
    """
    members = [one for one in scope.members if person_id in (None, one.person_id)]
    if not members:
        raise NotFound
    if CalendarFeed.objects.filter(account_id=scope.account_id, revoked_at=None).count() >= MAX_FEEDS:
        raise TooManyFeeds
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = CalendarFeed.objects.create(
        account_id=scope.account_id,
        person_id=person_id,
        token_hash=hash_of(token),
        is_detailed=is_detailed,
        has_address=has_address,
        language=language,
        created_at=now,
    )
    for one in members:
        audit.record(one, action="scheduling.create_feed", target=feed)
    return CreatedFeed(feed.pk, token)


@transaction.atomic
def revoke_feed(scope: AccountScope, *, feed_id: UUID, now: datetime) -> None:
    """Close a feed of this account at once. Raises NotFound for another account's and for one that is closed."""
    found = CalendarFeed.objects.filter(pk=feed_id, account_id=scope.account_id, revoked_at=None)
    person = found.values_list("person_id").first()
    if person is None or not found.update(revoked_at=now):
        raise NotFound
    audit.record(scope, action="scheduling.revoke_feed", target=feed_id, person_id=person[0])


@transaction.atomic
def revoke_all_feeds(scope: AccountScope, *, now: datetime) -> int:
    """Close every feed of this account, as when it withdraws its consent. Returns how many were live."""
    closed = CalendarFeed.objects.filter(account_id=scope.account_id, revoked_at=None).update(revoked_at=now)
    if closed:
        audit.record(scope, action="scheduling.revoke_feed", details={"count": closed})
    return closed


@transaction.atomic
def note_reading(scope: FamilyScope, feed: FeedRow, *, content: bytes, now: datetime) -> datetime:
    """Write down that a program read a feed: one row for each person it showed. Returns when the content last changed.

    The feed's own row is touched once a minute at most, however often a program asks.
    """
    audit.record_reads(scope.members, action="scheduling.feed")
    content_hash = sha256(content).hexdigest()
    is_new = content_hash != feed.content_hash or feed.content_at is None
    content_at = now if is_new or feed.content_at is None else feed.content_at
    if is_new or feed.read_at is None or now - feed.read_at >= READ_EVERY:
        CalendarFeed.objects.filter(pk=feed.id).update(read_at=now, content_hash=content_hash, content_at=content_at)
    return content_at
