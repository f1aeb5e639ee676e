from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WizardConfig(AppConfig):
    name = "helpcenter.wizard"
    label = "wizard"
    verbose_name = _("Wizard")

    def ready(self) -> None:
        from helpcenter.publishing import checks
        from helpcenter.publishing.models import Kind
        from helpcenter.references import indexing
        from helpcenter.wizard.flows import (
            check_flow,
            check_retired_article,
            check_walked_article,
            check_walks,
            flow_pointed_at,
        )

        checks.register(Kind.FLOW, check_flow)
        checks.register(Kind.ARTICLE, check_walked_article)
        checks.register_between(check_walks)
        checks.register_retiring(check_retired_article)
        indexing.register(Kind.FLOW, flow_pointed_at)
