from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrescriptionsConfig(AppConfig):
    name = "medkarta.prescriptions"

    def ready(self) -> None:
        from medkarta.audit import texts

        texts.register(
            {
                "prescriptions.read": _("просмотр раздела «Рецепты»"),
                "prescriptions.print": _("рецепт в PDF"),
            }
        )
