from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    name = "medkarta.insurance"
