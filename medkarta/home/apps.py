from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "medkarta.home"

    def ready(self) -> None:
        from medkarta.audit import texts

        texts.register(
            {
                "home.read": _("просмотр главной страницы"),
                "home.requests": _("просмотр статусов заявлений"),
                "home.request": _("просмотр одного заявления"),
                "home.cancel_request": _("отмена заявления"),
            }
        )
