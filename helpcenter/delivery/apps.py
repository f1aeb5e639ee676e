from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DeliveryConfig(AppConfig):
    name = "helpcenter.delivery"
    label = "delivery"

    def ready(self) -> None:
        from helpcenter.delivery.models import install_triggers

        def after_migrating(using: str, **kwargs: object) -> None:
            install_triggers(using)

        post_migrate.connect(after_migrating, sender=self, weak=False)
