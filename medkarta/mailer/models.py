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


class Sending(BaseModel):
    """A thing of a record on its way to one address. Only the account that sent it sees it.

    The primary key comes from the form it was asked for with: asked for twice, it goes once.
    """

    class Way(models.TextChoices):
        PDF = "pdf", _("файл PDF с паролем")
        LINK = "link", _("ссылка с кодом")

    class State(models.TextChoices):
        QUEUED = "queued", _("в очереди")
        ACCEPTED = "accepted", _("принято почтовым сервером")
        FAILED = "failed", _("не удалось")

    class Reason(models.TextChoices):
        """Why nothing was sent."""

        ACCESS = "access", _("доступ закончился")
        REVOKED = "revoked", _("вы отменили отправку")
        ADDRESS = "address", _("на такой адрес письма не отправляются")
        REFUSED = "refused", _("почтовый сервер не принял письмо: проверьте адрес")
        TOO_BIG = "too-big", _("письмо слишком велико для почты: отправьте ссылку")
        UNREACHABLE = "unreachable", _("почтовый сервер больше часа не отвечал, письмо могло и дойти")
        UNUSABLE = "unusable", _("файл повреждён, пароль на него не поставить: отправьте ссылку")
        MISSING = "missing", _("файла этого документа на портале больше нет")
        BROKEN = "broken", _("ошибка портала, мы уже знаем о ней")

    account_id = models.UUIDField()
    person_id = models.UUIDField()
    kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    title = models.CharField(max_length=200, help_text="As the person's own page says it")
    is_restricted = models.BooleanField(help_text="Sent although under special secrecy, by its owner")
    address = models.CharField(max_length=254)
    is_typed = models.BooleanField(help_text="Another address than those the person has confirmed")
    consent = models.CharField(max_length=80, help_text="Version and hash of the text that was agreed to")
    way = models.CharField(max_length=4, choices=Way)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    has_failed_try = models.BooleanField(default=False, help_text="An attempt has failed, and another will follow")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    sealed = models.TextField(blank=True, help_text="Token and secret, until they are delivered and shown")
    token_hash = models.CharField(max_length=64, null=True, unique=True)
    passcode_hash = models.CharField(max_length=160, blank=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(way="link", expires_at__isnull=False, token_hash__isnull=False)
                | Q(way="pdf", expires_at__isnull=True, token_hash__isnull=True),
                name="sending_link_has_token_and_end",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(reason="")) | (~Q(state="failed") & Q(reason="")),
                name="sending_reason_iff_failed",
            ),
        ]
        indexes = [
            models.Index(fields=["account_id", "person_id", "-created_at"], name="sending_of_account"),
            models.Index(fields=["created_at"], name="sending_created"),
        ]

    @property
    def is_lost(self) -> bool:
        """Tell whether its letter surely never arrived; a server that was cut off may have kept what it was given."""
        return self.state == self.State.FAILED and self.reason not in (self.Reason.UNREACHABLE, self.Reason.BROKEN)


class LinkOpening(BaseModel):
    """One time that somebody opened what a link leads to, with its passcode."""

    sending = models.ForeignKey(Sending, models.CASCADE, related_name="openings")
    opened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sending", "-opened_at"], name="opening_of_sending")]


class CodeTry(BaseModel):
    """A passcode that somebody typed at a link, right or wrong."""

    address_hash = models.CharField(max_length=64, help_text="Keyed hash of the network that it came from")
    tried_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["address_hash", "tried_at"], name="code_try_address")]
