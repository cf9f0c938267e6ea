from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResultsConfig(AppConfig):
    name = "medkarta.results"

    def ready(self) -> None:
        from medkarta.audit import texts
        from medkarta.documents import readers
        from medkarta.mailer import sendable
        from medkarta.results import cda
        from medkarta.results import sendable as own

        readers.register(cda.TYPES, take=cda.take, withdraw=cda.withdraw)
        sendable.register(sendable.Sendable("results", _("Результат исследования"), own.find, own.make))
        texts.register(
            {
                "results.read": _("просмотр раздела «Результаты исследований»"),
                "results.download": _("скачивание файла результата исследования"),
                "results.export": _("выгрузка показателей таблицей"),
            }
        )
