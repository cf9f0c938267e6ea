from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "medkarta.outbox"
