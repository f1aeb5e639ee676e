from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactsConfig(AppConfig):
    name = "helpcenter.facts"
    label = "facts"
    verbose_name = _("Facts")

    def ready(self) -> None:
        from helpcenter.facts.sheets import addresses, check_inserted, check_sheet
        from helpcenter.publishing import checks
        from helpcenter.publishing.models import Kind
        from helpcenter.references import indexing

        checks.register(Kind.FACTS, check_sheet)
        checks.register_between(check_inserted)
        indexing.register(Kind.FACTS, addresses)
