from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "helpcenter.search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from helpcenter.publishing.models import LiveChange
        from helpcenter.search.desk import add_to_the_desk
        from helpcenter.search.indexing import live_change_made

        post_save.connect(live_change_made, sender=LiveChange, dispatch_uid="search")
        post_delete.connect(live_change_made, sender=LiveChange, dispatch_uid="search")
        add_to_the_desk()
