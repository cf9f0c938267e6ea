"""Reads of the bell and of what an account has chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from medkarta.core.errors import NotFound, Text
from medkarta.core.scopes import AccountScope, Actor
from medkarta.mailer import texts
from medkarta.mailer.models import Channel, Choice, ContactPoint, Kind, Notice, PushSubscription

KINDS = frozenset({*Kind.values, ""})


class HasActor(Protocol):
    @property
    def actor(self) -> Actor: ...


@dataclass(frozen=True, slots=True)
class Recipient:
    """What the accounts say of one of theirs when a message is about to leave.

    `email`: the address that the identity provider has confirmed, or empty. `may_message`: the consent to messages
    is given and not withdrawn.
    """

    email: str = field(repr=False)
    language: str
    may_message: bool


@dataclass(frozen=True, slots=True)
class DeviceRow:
    id: UUID
    device: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Channels:
    """What an account has chosen. `address` and `pending`: typed by hand, confirmed or waiting for its link."""

    chosen: Mapping[str, frozenset[str]]
    is_detailed: bool = False
    address: str = field(default="", repr=False)
    pending: str = field(default="", repr=False)
    refused_at: datetime | None = None
    devices: tuple[DeviceRow, ...] = ()


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


def get_channels(scope: AccountScope) -> Channels:
    """Return what an account has chosen and its devices. Three statements."""
    chosen: dict[str, set[str]] = {one: set() for one in Channel.values}
    for channel, kind in Choice.objects.filter(account_id=scope.account_id).values_list("channel", "kind"):
        chosen[channel].add(kind)
    point = ContactPoint.objects.filter(account_id=scope.account_id).first() or ContactPoint()
    devices = PushSubscription.objects.filter(account_id=scope.account_id).order_by("-created_at", "id")
    return Channels(
        chosen={channel: frozenset(kinds) for channel, kinds in chosen.items()},
        is_detailed=point.is_detailed,
        address=point.address,
        pending=point.pending,
        refused_at=point.refused_at,
        devices=tuple(DeviceRow(*values) for values in devices.values_list("id", "device", "created_at")),
    )


def kinds_to_choose() -> list[tuple[str, Text]]:
    """Return the kinds of notices with their words, in the order in which they are offered."""
    return [(str(value), label) for value, label in Kind.choices]


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
