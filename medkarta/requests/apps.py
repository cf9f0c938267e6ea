from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts


class RequestsConfig(AppConfig):
    name = "medkarta.requests"

    def ready(self) -> None:
        texts.register(
            {
                "requests.read": _("просмотр статусов заявлений"),
                "requests.open": _("отправка заявления"),
                "requests.change_status": _("изменение статуса заявления"),
            }
        )
