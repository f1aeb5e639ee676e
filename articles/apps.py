from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Articles")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from articles.checks import check_article, check_retired
        from articles.desk import add_lists
        from articles.pointing import pointed_at
        from articles.translating import lost
        from articles.triggers import install_triggers
        from helpcenter.publishing import checks
        from helpcenter.publishing.models import Kind
        from helpcenter.references import indexing

        checks.register(Kind.ARTICLE, check_article)
        checks.register_lost(lost)
        indexing.register(Kind.ARTICLE, pointed_at)
        checks.register_retiring(check_retired)
        add_lists()

        def after_migrating(using: str, **kwargs: object) -> None:
            install_triggers(using)

        post_migrate.connect(after_migrating, sender=self, weak=False)
