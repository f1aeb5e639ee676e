from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactsConfig(AppConfig):
    name = "helpcenter.facts"
    label = "facts"
    verbose_name = _("Facts")

    def ready(self) -> None:
        from helpcenter.facts.sheets import check_sheet
        from helpcenter.publishing import checks
        from helpcenter.publishing.models import Kind

        checks.register(Kind.FACTS, check_sheet)
