from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "medkarta.pages"
