from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts


class CheckupsConfig(AppConfig):
    name = "medkarta.checkups"

    def ready(self) -> None:
        texts.register({"checkups.read": _("просмотр раздела «Диспансеризация»")})
