from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts


class PagesConfig(AppConfig):
    name = "medkarta.pages"

    def ready(self) -> None:
        texts.register({"pages.put_announcement": _("публикация объявления")})
