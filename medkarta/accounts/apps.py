from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "medkarta.accounts"

    def ready(self) -> None:
        from medkarta.accounts import queries
        from medkarta.audit import texts
        from medkarta.mailer import recipients

        recipients.register(queries.recipient)
        texts.register(
            {
                "accounts.sign_in": _("вход в портал"),
                "accounts.sign_out": _("выход из портала"),
                "accounts.sign_out_everywhere": _("выход на всех устройствах"),
                "accounts.give_consent": _("согласие дано"),
                "accounts.withdraw_consent": _("согласие отозвано"),
            }
        )
