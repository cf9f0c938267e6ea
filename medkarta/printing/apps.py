from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrintingConfig(AppConfig):
    name = "medkarta.printing"

    def ready(self) -> None:
        from medkarta.audit import texts
        from medkarta.outbox import handlers
        from medkarta.printing import deliveries

        handlers.register("printing.tidy", deliveries.tidy, period_seconds=24 * 3600)
        texts.register({"printing.check": _("проверка подлинности печатного листа")})
