from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GatewayConfig(AppConfig):
    name = "medkarta.gateway"

    def ready(self) -> None:
        from medkarta.audit import texts

        texts.register({"gateway.receive": _("передача сведений в карту")})
