"""Put work into the queue, claim it, finish it. Delivery is at least once; handlers are idempotent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from medkarta.core.inserting import insert
from medkarta.outbox import rules
from medkarta.outbox.models import OutboxEvent

LEASE = timedelta(minutes=2)


def put(handler: str, *, key: str, due_at: datetime | None = None, **payload: Any) -> None:
    """Queue one delivery inside the caller's transaction. The same key for a handler counts once."""
    now = timezone.now()
    OutboxEvent.objects.get_or_create(
        handler=handler, key=key, defaults={"payload": payload, "due_at": due_at or now, "created_at": now}
    )


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery to queue; due at once unless `due_at` says when."""

    handler: str
    key: str
    payload: Mapping[str, Any]
    due_at: datetime | None = None


def put_many(deliveries: Iterable[Delivery]) -> None:
    """Queue deliveries inside the caller's transaction by one statement. A key that a handler knows counts once."""
    now = timezone.now()
    rows = [
        OutboxEvent(
            handler=one.handler, key=one.key, payload=dict(one.payload), due_at=one.due_at or now, created_at=now
        )
        for one in deliveries
    ]
    insert(rows, ignore_conflicts=True)


def schedule(handler: str, *, period_seconds: int) -> None:
    """Make sure that a periodic piece of work has its row; a changed period takes effect."""
    now = timezone.now()
    OutboxEvent.objects.update_or_create(
        handler=handler,
        key="periodic",
        defaults={"period_seconds": period_seconds, "state": OutboxEvent.State.WAITING},
        create_defaults={"period_seconds": period_seconds, "due_at": now, "created_at": now},
    )


@transaction.atomic
def claim(*, now: datetime, handlers: frozenset[str], limit: int = 20) -> list[OutboxEvent]:
    """Take due rows for one worker. A row whose worker was killed comes back when its lease ends."""
    free = Q(locked_until__isnull=True) | Q(locked_until__lte=now)
    found = OutboxEvent.objects.filter(free, state=OutboxEvent.State.WAITING, due_at__lte=now, handler__in=handlers)
    if connection.features.has_select_for_update_skip_locked:
        found = found.select_for_update(skip_locked=True)
    rows = list(found.order_by("due_at")[:limit])
    OutboxEvent.objects.filter(pk__in=[row.pk for row in rows]).update(locked_until=now + LEASE)
    return rows


def finish(event: OutboxEvent, *, now: datetime) -> None:
    """Mark a delivery as done; periodic work is due again one period later."""
    if event.period_seconds is not None:
        changes: dict[str, Any] = {
            "due_at": now + timedelta(seconds=event.period_seconds),
            "attempts": 0,
            "error": "",
            "locked_until": None,
        }
    else:
        changes = {"state": OutboxEvent.State.DONE, "done_at": now, "locked_until": None}
    OutboxEvent.objects.filter(pk=event.pk).update(**changes)


def fail(event: OutboxEvent, *, error: str, now: datetime) -> None:
    """Put a failed delivery off; after the last attempt it is dead until somebody replays it."""
    attempts = event.attempts + 1
    is_dead = event.period_seconds is None and attempts >= rules.MAX_ATTEMPTS
    OutboxEvent.objects.filter(pk=event.pk).update(
        attempts=min(attempts, 1000),
        error=error[:200],
        state=OutboxEvent.State.DEAD if is_dead else OutboxEvent.State.WAITING,
        due_at=now + rules.back_off(attempts),
        locked_until=None,
    )


def give_up(event: OutboxEvent, *, reason: str) -> None:
    """Mark a delivery that no retry can cure as dead; it can be replayed once the cause is gone."""
    OutboxEvent.objects.filter(pk=event.pk).update(
        attempts=min(event.attempts + 1, 1000), error=reason[:200], state=OutboxEvent.State.DEAD, locked_until=None
    )


def put_off(event: OutboxEvent, *, until: datetime) -> None:
    """Let a delivery wait until a moment; no attempt is counted."""
    OutboxEvent.objects.filter(pk=event.pk).update(due_at=until, locked_until=None)


def replay(event_id: UUID, *, now: datetime) -> bool:
    """Give a dead delivery its attempts back. Returns whether it was dead."""
    return bool(
        OutboxEvent.objects.filter(pk=event_id, state=OutboxEvent.State.DEAD).update(
            state=OutboxEvent.State.WAITING, attempts=0, due_at=now, error=""
        )
    )
