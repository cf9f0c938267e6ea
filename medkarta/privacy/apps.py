from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "medkarta.privacy"

    def ready(self) -> None:
        from medkarta.audit import texts

        texts.register({"privacy.read": _("просмотр журнала доступа")})
