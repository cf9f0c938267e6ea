from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "medkarta.config"

    def ready(self) -> None:
        from medkarta.audit import texts
        from medkarta.config import periodic, shell
        from medkarta.config.visitor import find_family
        from medkarta.core import families
        from medkarta.ui import shell as ui_shell

        ui_shell.register(shell.build)
        families.register(find_family)
        periodic.register()
        texts.register(
            {
                "access.foreign_key": _("попытка открыть чужую карту"),
                "access.denied": _("отказ в доступе"),
            }
        )
