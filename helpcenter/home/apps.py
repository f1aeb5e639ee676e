from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "helpcenter.home"
    label = "home"
