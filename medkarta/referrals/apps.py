from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts


class ReferralsConfig(AppConfig):
    name = "medkarta.referrals"

    def ready(self) -> None:
        texts.register(
            {
                "referrals.read": _("просмотр раздела «Направления»"),
                "referrals.detail": _("просмотр одного направления"),
            }
        )
