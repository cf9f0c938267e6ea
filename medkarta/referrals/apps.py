from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts
from medkarta.scheduling import grants


class ReferralsConfig(AppConfig):
    name = "medkarta.referrals"

    def ready(self) -> None:
        from medkarta.referrals import actions, queries

        grants.register(
            queries.GRANT,
            list_open=queries.list_open,
            recheck=queries.recheck,
            on_change=actions.note_booking,
        )
        texts.register(
            {
                "referrals.read": _("просмотр раздела «Направления»"),
                "referrals.detail": _("просмотр одного направления"),
                "referrals.print": _("направление в PDF"),
            }
        )
