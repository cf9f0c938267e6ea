from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts


class ImmunizationsConfig(AppConfig):
    name = "medkarta.immunizations"

    def ready(self) -> None:
        texts.register({"immunizations.read": _("просмотр раздела «Прививки»")})
