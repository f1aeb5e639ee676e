from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    name = "helpcenter.feedback"
    label = "feedback"
    verbose_name = _("What readers say")

    def ready(self) -> None:
        from helpcenter.feedback.desk import add_to_the_desk

        add_to_the_desk()
