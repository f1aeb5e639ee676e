"""The wizard's flow as a versioned document."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from helpcenter.publishing.models import Document, Kind, OfKind


class FlowDocument(Document):
    """The one document whose revisions are flows."""

    objects = OfKind(Kind.FLOW)  # type: ignore[assignment, misc] # narrower than the manager of all documents

    class Meta:
        proxy = True
        verbose_name = _("wizard's flow")
        verbose_name_plural = _("wizard's flow")


class Passage(models.Model):
    """On one day, how often a page was reached (no choice) or an answer given on it."""

    day = models.DateField(_("day"))
    page = models.CharField(_("page"), max_length=120)
    choice = models.CharField(_("Answer"), max_length=120, blank=True)
    times = models.PositiveIntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("passage through the wizard")
        verbose_name_plural = _("passages through the wizard")
        ordering = ["-day", "page", "choice"]
        constraints = [models.UniqueConstraint(fields=["day", "page", "choice"], name="one_row_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.page} {self.choice}"
