"""Reads of the bell and of what an account has chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from medkarta.core.errors import NotFound, Text
from medkarta.core.scopes import AccountScope, Actor
from medkarta.mailer import texts
from medkarta.mailer.models import Kind, Notice

KINDS = frozenset({*Kind.values, ""})


class HasActor(Protocol):
    @property
    def actor(self) -> Actor: ...


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A line of the bell. `subject` is ready to show; `person_id` tells whose record it is about."""

    id: UUID
    person_id: UUID | None
    kind: str
    subject: Text
    params: Mapping[str, str]
    link: str
    shown_at: datetime
    is_new: bool


def list_notices(scope: AccountScope, *, now: datetime, offset: int = 0, limit: int = 20) -> list[NoticeRow]:
    """Return what the bell has told this account, the newest first. One statement."""
    found = Notice.objects.filter(account_id=scope.account_id, shown_at__lte=now).order_by("-shown_at", "-id")
    return [_row(one) for one in found[offset : offset + limit]]


def count_notices(scope: AccountScope, *, now: datetime) -> int:
    return Notice.objects.filter(account_id=scope.account_id, shown_at__lte=now).count()


def get_notice(scope: AccountScope, notice_id: UUID, *, now: datetime) -> NoticeRow:
    """Return one line. Raises NotFound for another account's, or one whose time has not come."""
    found = Notice.objects.filter(pk=notice_id, account_id=scope.account_id, shown_at__lte=now).first()
    if found is None:
        raise NotFound
    return _row(found)


def _row(notice: Notice) -> NoticeRow:
    words = texts.find(notice.text)
    return NoticeRow(
        id=notice.pk,
        person_id=notice.person_id,
        kind=notice.kind,
        subject=words.subject if words else "",
        params=notice.params,
        link=notice.link,
        shown_at=notice.shown_at,
        is_new=notice.read_at is None,
    )
