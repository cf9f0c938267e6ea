from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts


class SchedulingConfig(AppConfig):
    name = "medkarta.scheduling"

    def ready(self) -> None:
        texts.register(
            {
                "scheduling.read": _("просмотр раздела «Вызовы и записи»"),
                "scheduling.detail": _("просмотр одной записи на приём"),
                "scheduling.home_visit": _("просмотр одного вызова врача на дом"),
                "scheduling.waitlist_entry": _("просмотр одной заявки в лист ожидания"),
                "scheduling.calendar": _("просмотр календаря приёмов и вызовов"),
            }
        )
