from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailerConfig(AppConfig):
    name = "medkarta.mailer"

    def ready(self) -> None:
        from medkarta.audit import texts as audit_texts
        from medkarta.mailer import deliveries, texts
        from medkarta.outbox import handlers

        handlers.register("mailer.due", deliveries.due)
        handlers.register("mailer.letter", deliveries.letter, lane=handlers.OUTSIDE)
        handlers.register("mailer.confirm", deliveries.confirm, lane=handlers.OUTSIDE)
        handlers.register("mailer.push", deliveries.spread_push)
        handlers.register("mailer.device", deliveries.device, lane=handlers.OUTSIDE)
        handlers.register("mailer.send", deliveries.send, lane=handlers.OUTSIDE)
        handlers.register("mailer.forget_secret", deliveries.forget_secret)
        handlers.register("mailer.tidy", deliveries.tidy, period_seconds=24 * 3600)
        texts.register(
            "mailer.undelivered",
            subject=_("Письмо не доставлено: проверьте адрес почты"),
            body=_("Почтовый сервер не принял письмо. Проверьте адрес в настройках уведомлений."),
        )
        texts.register(
            "mailer.unsent",
            subject=_("Письмо с документом не отправлено"),
            body=_("Откройте портал: там написано, почему, и можно отправить ещё раз."),
        )
        audit_texts.register(
            {
                "mailer.choose": _("выбор уведомлений"),
                "mailer.request_address": _("новый адрес для писем"),
                "mailer.drop_address": _("адрес для писем удалён"),
                "mailer.keep_device": _("уведомления на устройстве включены"),
                "mailer.forget_device": _("уведомления на устройстве выключены"),
                "mailer.read": _("просмотр раздела «Отправленное на почту»"),
                "mailer.send": _("документ отправлен на почту"),
                "mailer.deliver": _("письмо с документом передано почтовому серверу"),
                "mailer.revoke_link": _("ссылка на документ отозвана"),
                "mailer.open_link": _("документ открыт по ссылке из письма"),
            }
        )
