"""The room of layouts and components."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "medkarta.ui"
    label = "ui"
