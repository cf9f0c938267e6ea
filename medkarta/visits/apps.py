from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VisitsConfig(AppConfig):
    name = "medkarta.visits"

    def ready(self) -> None:
        from medkarta.audit import texts
        from medkarta.core import evidence
        from medkarta.visits import queries

        texts.register({"visits.read": _("просмотр раздела «История посещений»")})
        evidence.register("visit", queries.latest_visit)
