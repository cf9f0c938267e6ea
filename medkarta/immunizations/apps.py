from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts
from medkarta.core import evidence
from medkarta.mailer import sendable


class ImmunizationsConfig(AppConfig):
    name = "medkarta.immunizations"

    def ready(self) -> None:
        from medkarta.immunizations import queries
        from medkarta.immunizations import sendable as own

        sendable.register(sendable.Sendable("immunizations", _("Сведения о прививках"), own.find, own.make))
        texts.register(
            {
                "immunizations.read": _("просмотр раздела «Прививки»"),
                "immunizations.print": _("сведения о прививках в PDF"),
            }
        )
        evidence.register("vaccination", queries.latest_vaccination)
