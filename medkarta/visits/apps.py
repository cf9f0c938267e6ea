from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VisitsConfig(AppConfig):
    name = "medkarta.visits"

    def ready(self) -> None:
        from medkarta.audit import texts

        texts.register({"visits.read": _("просмотр раздела «История посещений»")})
