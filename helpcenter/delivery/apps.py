from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "helpcenter.delivery"
    label = "delivery"
