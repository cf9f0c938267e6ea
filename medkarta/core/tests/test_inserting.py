"""`insert` writes what `bulk_create` would, on both databases."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from medkarta.audit.models import AuditEvent
from medkarta.core.inserting import insert
from medkarta.outbox.models import OutboxEvent
from medkarta.patients.tests.factories import NOW

pytestmark = pytest.mark.django_db


def event(key: str, **changes: object) -> OutboxEvent:
    return OutboxEvent(handler="test.room", key=key, payload={"n": [1, "два"]}, due_at=NOW, created_at=NOW, **changes)


def facts() -> list[tuple[object, ...]]:
    return list(OutboxEvent.objects.order_by("key").values_list("handler", "key", "payload", "due_at", "attempts"))


def test_insert_writes_what_bulk_create_writes():
    OutboxEvent.objects.bulk_create([event("a"), event("b", attempts=2)])
    expected = facts()
    OutboxEvent.objects.all().delete()

    insert([event("a"), event("b", attempts=2)])

    assert facts() == expected


def test_insert_lets_the_database_number_rows():
    for name in ("one", "two"):
        insert(
            [AuditEvent(at=NOW + timedelta(seconds=1), actor_kind="person", action=f"test.{name}", details={"k": 1})]
        )

    rows = list(AuditEvent.objects.order_by("pk").values_list("action", "details"))
    assert rows == [("test.one", {"k": 1}), ("test.two", {"k": 1})]


def test_insert_of_a_row_that_is_there_is_refused_or_left_out():
    insert([event("a")])

    with pytest.raises(IntegrityError), transaction.atomic():
        insert([event("a")])
    insert([event("a"), event("b")], ignore_conflicts=True)

    assert [key for _handler, key, *_rest in facts()] == ["a", "b"]


def test_insert_of_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert([])


def test_insert_knows_the_row_as_stored():
    row = event(str(uuid4()))
    insert([row])

    assert not row._state.adding
