"""The smallest valid rows of the mailer."""

from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import uuid4

import factory
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from medkarta.integrations.push import vapid
from medkarta.mailer import passcodes
from medkarta.mailer.models import Choice, ContactPoint, Notice, PushSubscription, Sending
from medkarta.mailer.rules import endpoint_hash

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PASSCODE = "abcd-efgh"


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


@cache
def _hashed(passcode: str) -> str:
    return passcodes.hashed(passcode)


class SendingFactory(factory.django.DjangoModelFactory):
    """A link that its mail server has taken; its passcode is `PASSCODE`, its token `token-<n>`."""

    class Meta:
        model = Sending

    class Params:
        pdf = factory.Trait(way="pdf", token_hash=None, passcode_hash="", expires_at=None)

    account_id = factory.LazyFunction(uuid4)
    person_id = factory.LazyFunction(uuid4)
    kind = "documents"
    subject_id = factory.LazyFunction(uuid4)
    title = "Протокол консультации"
    is_restricted = False
    address = "doctor@example.org"
    is_typed = True
    consent = "1:0"
    way = "link"
    state = "accepted"
    created_at = factory.LazyFunction(timezone.now)
    token = factory.Sequence(lambda number: f"token-{number}")
    token_hash = factory.LazyAttribute(lambda made: passcodes.token_hash(made.token))
    passcode_hash = factory.LazyFunction(lambda: _hashed(PASSCODE))
    expires_at = factory.LazyAttribute(lambda made: made.created_at + timedelta(days=7))

    @classmethod
    def _create(cls, model, *args, token, **values):
        made = super()._create(model, *args, **values)
        made.token = token
        return made
