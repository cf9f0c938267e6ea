from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts
from medkarta.mailer import texts as letters
from medkarta.scheduling import words


class SchedulingConfig(AppConfig):
    name = "medkarta.scheduling"

    def ready(self) -> None:
        from medkarta.scheduling.queries import facts

        texts.register(words.AUDIT)
        for key, one in words.LETTERS.items():
            of = facts.of_reminder if one.is_reminder else facts.of_appointment
            letters.register(
                key, subject=one.subject, body=one.body, detailed=one.detailed, facts=of, buttons=one.buttons
            )
        texts.register(
            {
                "scheduling.read": _("просмотр раздела «Вызовы и записи»"),
                "scheduling.detail": _("просмотр одной записи на приём"),
                "scheduling.home_visit": _("просмотр одного вызова врача на дом"),
                "scheduling.waitlist_entry": _("просмотр одной заявки в лист ожидания"),
                "scheduling.calendar": _("просмотр календаря приёмов и вызовов"),
            }
        )
