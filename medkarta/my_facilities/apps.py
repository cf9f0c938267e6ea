from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MyFacilitiesConfig(AppConfig):
    name = "medkarta.my_facilities"

    def ready(self) -> None:
        from medkarta.audit import texts

        texts.register({"my_facilities.read": _("просмотр раздела «Мои медучреждения»")})
