from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "helpcenter.operations"
    label = "operations"
