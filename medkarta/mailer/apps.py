from django.apps import AppConfig


class MailerConfig(AppConfig):
    name = "medkarta.mailer"

    def ready(self) -> None:
        from medkarta.mailer import deliveries
        from medkarta.outbox import handlers

        handlers.register("mailer.due", deliveries.due)
        handlers.register("mailer.tidy", deliveries.tidy, period_seconds=24 * 3600)
