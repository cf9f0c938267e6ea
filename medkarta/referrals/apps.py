from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from medkarta.audit import texts
from medkarta.mailer import sendable
from medkarta.scheduling import grants
from medkarta.search import kinds


class ReferralsConfig(AppConfig):
    name = "medkarta.referrals"

    def ready(self) -> None:
        from medkarta.referrals import actions, entries, queries
        from medkarta.referrals import sendable as own

        kinds.register(
            entries.KIND,
            _("Направление"),
            section="referrals/{subject}/",
            reads="ServiceRequest",
            entries=entries.entries,
        )
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
