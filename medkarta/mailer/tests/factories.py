"""The smallest valid rows of the mailer."""

from datetime import UTC, datetime
from uuid import uuid4

import factory

from medkarta.mailer.models import Choice, Notice

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


class NoticeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notice

    account_id = factory.LazyFunction(uuid4)
    kind = "appointments"
    text = "test.booked"
    key = factory.Sequence(lambda number: f"test:{number}")
    created_at = NOW
    shown_at = NOW


class ChoiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Choice

    account_id = factory.LazyFunction(uuid4)
    channel = "mail"
    kind = "appointments"
