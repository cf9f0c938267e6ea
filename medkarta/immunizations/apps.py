from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts
from medkarta.core import evidence


class ImmunizationsConfig(AppConfig):
    name = "medkarta.immunizations"

    def ready(self) -> None:
        from medkarta.immunizations import queries

        texts.register(
            {
                "immunizations.read": _("просмотр раздела «Прививки»"),
                "immunizations.print": _("сведения о прививках в PDF"),
            }
        )
        evidence.register("vaccination", queries.latest_vaccination)
