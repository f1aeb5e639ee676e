from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferencesConfig(AppConfig):
    name = "helpcenter.references"
    label = "references"
    verbose_name = _("References")

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from helpcenter.publishing.models import Revision
        from helpcenter.references.indexing import index_saved

        post_save.connect(index_saved, sender=Revision)
