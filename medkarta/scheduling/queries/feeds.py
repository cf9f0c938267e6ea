"""Reads of private calendar feeds."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from medkarta.core.scopes import AccountScope, FamilyScope
from medkarta.scheduling.models import CalendarFeed


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed without its secret. `person_id`: whose; None for everybody whom the account may open."""

    id: UUID
    account_id: UUID
    person_id: UUID | None
    is_detailed: bool
    has_address: bool
    language: str
    created_at: datetime
    read_at: datetime | None
    content_hash: str
    content_at: datetime | None


_COLUMNS = (
    "id", "account_id", "person_id", "is_detailed", "has_address", "language", "created_at", "read_at",
    "content_hash", "content_at",
)  # fmt: skip


def hash_of(token: str) -> str:
    """Return what the table keeps of a feed's secret: SHA-256, hex."""
    return sha256(token.encode()).hexdigest()


def list_feeds(scope: AccountScope) -> list[FeedRow]:
    """Return the live feeds of an account, the newest first."""
    found = CalendarFeed.objects.filter(account_id=scope.account_id, revoked_at=None)
    return [FeedRow(*values) for values in found.order_by("-created_at", "id").values_list(*_COLUMNS)]


def find_feed(token: str) -> FeedRow | None:
    """Return the live feed of a secret; None for an unknown or revoked one."""
    found = CalendarFeed.objects.filter(token_hash=hash_of(token), revoked_at=None).values_list(*_COLUMNS).first()
    return FeedRow(*found) if found else None


def scope_of(feed: FeedRow, family: FamilyScope | None) -> FamilyScope | None:
    """Return what a feed may show of a family; None when it may show nobody any more."""
    if family is None:
        return None
    members = tuple(one for one in family.members if feed.person_id in (None, one.person_id))
    return FamilyScope(family.actor, family.account_id, members) if members else None
