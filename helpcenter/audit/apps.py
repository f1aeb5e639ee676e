from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "helpcenter.audit"
    label = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        from helpcenter.audit import recording, signing_in

        recording.watch()
        signing_in.watch()
