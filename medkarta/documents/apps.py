from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "medkarta.documents"

    def ready(self) -> None:
        from medkarta.audit import texts

        texts.register(
            {
                "documents.read": _("просмотр раздела «Электронные мед. документы»"),
                "documents.download": _("скачивание файла медицинского документа"),
            }
        )
