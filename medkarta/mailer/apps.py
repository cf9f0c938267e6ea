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
        handlers.register("mailer.tidy", deliveries.tidy, period_seconds=24 * 3600)
        texts.register(
            "mailer.undelivered",
            subject=_("Письмо не доставлено: проверьте адрес почты"),
            body=_("Почтовый сервер не принял письмо. Проверьте адрес в настройках уведомлений."),
        )
        audit_texts.register(
            {
                "mailer.choose": _("выбор уведомлений"),
                "mailer.request_address": _("новый адрес для писем"),
                "mailer.drop_address": _("адрес для писем удалён"),
                "mailer.keep_device": _("уведомления на устройстве включены"),
                "mailer.forget_device": _("уведомления на устройстве выключены"),
            }
        )
