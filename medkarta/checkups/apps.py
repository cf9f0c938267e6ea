from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts
from medkarta.core import evidence


class CheckupsConfig(AppConfig):
    name = "medkarta.checkups"

    def ready(self) -> None:
        from medkarta.checkups import queries

        texts.register({"checkups.read": _("просмотр раздела «Диспансеризация»")})
        evidence.register("checkup", queries.latest_checkup)
