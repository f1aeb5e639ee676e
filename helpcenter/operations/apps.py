from django.apps import AppConfig
from django.conf import settings


class OperationsConfig(AppConfig):
    name = "helpcenter.operations"
    label = "operations"

    def ready(self) -> None:
        from helpcenter.operations import checks  # noqa: F401 # registers them

        if settings.SENTRY_DSN:
            from helpcenter.operations import sentry

            sentry.start(settings.SENTRY_DSN)
