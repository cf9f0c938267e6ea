from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts
from medkarta.mailer import sendable
from medkarta.scheduling import grants


class ReferralsConfig(AppConfig):
    name = "medkarta.referrals"

    def ready(self) -> None:
        from medkarta.referrals import actions, queries
        from medkarta.referrals import sendable as own

        sendable.register(sendable.Sendable("referrals", _("Направление"), own.find, own.make))
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
