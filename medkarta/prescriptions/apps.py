from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrescriptionsConfig(AppConfig):
    name = "medkarta.prescriptions"

    def ready(self) -> None:
        from medkarta.audit import texts
        from medkarta.mailer import sendable
        from medkarta.prescriptions import sendable as own

        sendable.register(sendable.Sendable("prescriptions", _("Рецепт"), own.find, own.make))
        texts.register(
            {
                "prescriptions.read": _("просмотр раздела «Рецепты»"),
                "prescriptions.print": _("рецепт в PDF"),
            }
        )
