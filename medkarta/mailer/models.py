"""Notices of the bell, and where else an account wants them: letters and devices.

The room stands below the accounts: an account and a person are plain ids here.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel


class Kind(models.TextChoices):
    """What a notice is about; a person chooses channels for each."""

    APPOINTMENTS = "appointments", _("Записи к врачу и вызовы на дом")
    REMINDERS = "reminders", _("Напоминания о приёме")
    WAITLIST = "waitlist", _("Лист ожидания")
    REQUESTS = "requests", _("Статусы заявлений")


class Channel(models.TextChoices):
    MAIL = "mail", _("Письмо")
    PUSH = "push", _("Устройство")


class Notice(BaseModel):
    """One line of the bell. The primary key is `rules.notice_id(account, key)`: told twice, it stands once.

    `text` names words that a room registered, `params` holds ids only; names and dates are read when it is told.
    """

    account_id = models.UUIDField()
    person_id = models.UUIDField(null=True, help_text="Whose record it is about")
    kind = models.CharField(max_length=16, help_text="One of Kind, or empty: the bell only")
    text = models.CharField(max_length=64)
    params = models.JSONField(default=dict)
    link = models.CharField(
        max_length=200, blank=True, help_text="Section of the person's record, or a path of the site"
    )
    key = models.CharField(max_length=96)
    created_at = models.DateTimeField()
    shown_at = models.DateTimeField(help_text="From when it is told")
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "-shown_at"], name="notice_of_account"),
            models.Index(fields=["account_id", "shown_at"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["key"], name="notice_key"),
            models.Index(fields=["shown_at"], name="notice_shown"),
        ]


class Choice(BaseModel):
    """A channel that an account switched on for one kind; no row, no message."""

    account_id = models.UUIDField()
    channel = models.CharField(max_length=4, choices=Channel)
    kind = models.CharField(max_length=16, choices=Kind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "channel", "kind"], name="choice_once")]


class ContactPoint(BaseModel):
    """How letters reach an account, where that differs from the provider's address and neutral words."""

    account_id = models.UUIDField(unique=True)
    address = models.CharField(max_length=254, blank=True, help_text="Typed and confirmed; empty: the provider's")
    pending = models.CharField(max_length=254, blank=True, help_text="Typed, waits for its link")
    asked_on = models.DateField(null=True)
    asked_count = models.PositiveSmallIntegerField(default=0, help_text="Letters with a link on that day")
    refused_at = models.DateTimeField(null=True, help_text="When a mail server last refused the address for good")
    is_detailed = models.BooleanField(default=False)


class PushSubscription(BaseModel):
    """A device that an account told to show notices. FCM, Mozilla and others give the endpoint."""

    account_id = models.UUIDField(db_index=True)
    endpoint = models.CharField(max_length=1000)
    endpoint_hash = models.CharField(max_length=64, unique=True)
    p256dh = models.CharField(max_length=128)
    auth = models.CharField(max_length=32)
    device = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
