"""A kind that only tests know, and requests of it."""

from datetime import UTC, datetime

import factory

from medkarta.requests import kinds
from medkarta.requests.models import Request, RequestEvent

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

KIND = "test-kind"
PRIVATE_KIND = "test-private"
CANCELLED_KIND = "test-cancelled"
STATUSES = (
    kinds.Status("new", "Новое", "info", ("done", "cancelled")),
    kinds.Status("done", "Готово", "ok", is_closed=True),
    kinds.Status("cancelled", "Отменено", "neutral", is_closed=True),
)


class RequestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Request

    number = factory.Sequence(lambda n: f"МК-2026-{n:06d}")
    kind = KIND
    status = "new"
    created_at = NOW
    changed_at = NOW


class RequestEventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RequestEvent

    request = factory.SubFactory(RequestFactory)
    at = NOW
    status = "new"
    actor_kind = "person"
