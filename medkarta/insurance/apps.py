from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsuranceConfig(AppConfig):
    name = "medkarta.insurance"

    def ready(self) -> None:
        from medkarta.audit import texts

        texts.register(
            {
                "insurance.read": _("просмотр полиса"),
                "insurance.type_policy": _("номер полиса введён вручную"),
                "insurance.remove_policy": _("введённый номер полиса удалён"),
            }
        )
