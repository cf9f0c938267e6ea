"""The smallest valid rows of the mailer."""

from datetime import UTC, datetime
from uuid import uuid4

import factory
from cryptography.hazmat.primitives.asymmetric import ec

from medkarta.integrations.push import vapid
from medkarta.mailer.models import Choice, ContactPoint, Notice, PushSubscription
from medkarta.mailer.rules import endpoint_hash

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


class ContactPointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContactPoint

    account_id = factory.LazyFunction(uuid4)


class PushSubscriptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PushSubscription

    account_id = factory.LazyFunction(uuid4)
    endpoint = factory.Sequence(lambda number: f"https://push.example/{number}")
    endpoint_hash = factory.LazyAttribute(lambda made: endpoint_hash(made.endpoint))
    p256dh = vapid.public_text(ec.generate_private_key(ec.SECP256R1()))
    auth = vapid.encode(bytes(16))
    created_at = NOW
