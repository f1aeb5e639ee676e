from django.apps import AppConfig


class RefundsConfig(AppConfig):
    name = "helpcenter.refunds"
    label = "refunds"
