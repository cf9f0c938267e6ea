"""Accounts that an identity provider vouches for, their sessions, login attempts and consents."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel


class Account(BaseModel):
    """One login. Before the first consent only the provider's id and the confirmed mark are kept."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("действует")
        CLOSED = "closed", _("закрыт")

    provider = models.CharField(max_length=64, help_text="esia, or the name of an OpenID provider")
    subject = models.CharField(max_length=255, help_text="The provider's own id of the person")
    is_confirmed = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    email = models.CharField(max_length=254, blank=True)
    mobile = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=500, blank=True)
    preferences = models.JSONField(default=dict)
    last_person_key = models.CharField(max_length=32, blank=True, help_text="Key of the record shown last")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "subject"], name="account_one_per_subject")]


class Session(BaseModel):
    """A server-side session. The browser holds a random token, the table only its hash."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="sessions")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    authenticated_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    device = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=45, blank=True)
    sealed_tokens = models.TextField(blank=True, help_text="Provider's tokens until the consent; key in the cookie")


class LoginAttempt(BaseModel):
    """A login on its way through the provider, bound to one browser, used once."""

    state = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64)
    provider = models.CharField(max_length=64)
    verifier = models.CharField(max_length=128, blank=True)
    nonce = models.CharField(max_length=64, blank=True)
    next_path = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="login_attempt_created")]


class Consent(BaseModel):
    """A consent as a record: which text, when, from where, and its withdrawal."""

    class Kind(models.TextChoices):
        PROCESSING = "processing", _("обработка персональных данных")
        MESSAGES = "messages", _("уведомления")

    account = models.ForeignKey(Account, models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=16, choices=Kind)
    version = models.CharField(max_length=16)
    text_hash = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"], condition=Q(withdrawn_at__isnull=True), name="consent_one_live_per_kind"
            )
        ]
