"""What people write to the operator of the portal."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel


class Category(models.TextChoices):
    """What a message is about."""

    PORTAL = "portal", _("Работа портала")
    RECORD = "record", _("Ошибка или пропуск в карте")
    BOOKING = "booking", _("Запись к врачу")
    QUEUE = "queue", _("Очередь в клинике")
    HOME_CALL = "home-call", _("Вызов врача на дом")
    STAFF = "staff", _("Отношение персонала")
    DRUGS = "drugs", _("Лекарства и рецепты")
    DOCUMENTS = "documents", _("Справки и документы")
    FALSE_VISIT = "false-visit", _("Посещение, которого не было")
    OTHER = "other", _("Другое")


class Message(BaseModel):
    """A text from a person. `key` makes the same form sent twice one message."""

    key = models.UUIDField(unique=True)
    account = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("patients.Person", models.PROTECT, null=True, related_name="+")
    category = models.CharField(max_length=16, choices=Category)
    text = models.TextField(max_length=4000)
    email = models.CharField(max_length=254, blank=True, help_text="Where an answer is wanted")
    page = models.CharField(max_length=500, blank=True, help_text="Path it was sent from, without the key of a record")
    sender_hash = models.CharField(max_length=64, help_text="Keyed hash of the account or the network address")
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


class ProblemReport(Message):
    """«Сообщить о проблеме», or a question."""

    class Kind(models.TextChoices):
        PROBLEM = "problem", _("Проблема")
        QUESTION = "question", _("Вопрос")

    kind = models.CharField(max_length=8, choices=Kind)

    class Meta:
        indexes = [models.Index(fields=["sender_hash", "created_at"], name="problem_report_sender")]


class Complaint(Message):
    """«Пожаловаться»."""

    class Meta:
        indexes = [models.Index(fields=["sender_hash", "created_at"], name="complaint_sender")]
