from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.requests import kinds


class FeedbackConfig(AppConfig):
    name = "medkarta.feedback"

    def ready(self) -> None:
        from medkarta.feedback.models import Category

        titles = dict(Category.choices)
        statuses = (
            kinds.Status("new", _("Принято"), "info", ("in-progress", "answered", "forwarded", "rejected")),
            kinds.Status("in-progress", _("В работе"), "info", ("answered", "forwarded", "rejected")),
            kinds.Status("forwarded", _("Передано по принадлежности"), "info", ("answered", "rejected")),
            kinds.Status("answered", _("Дан ответ"), "ok", ("in-progress",), is_closed=True),
            kinds.Status("rejected", _("Отклонено"), "neutral", ("in-progress",), is_closed=True),
        )
        for kind, title in (
            ("problem", _("Сообщение о проблеме")),
            ("complaint", _("Жалоба")),
            ("question", _("Вопрос")),
        ):
            kinds.register(kind, title, statuses, is_private=True, titles=titles)
