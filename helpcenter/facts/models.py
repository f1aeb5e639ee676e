"""The fact sheet as a versioned document."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from helpcenter.publishing.models import Document, Kind


class FactSheets(models.Manager["FactSheetDocument"]):
    """Only the fact sheet: documents of other kinds share its table."""

    def get_queryset(self) -> models.QuerySet["FactSheetDocument"]:
        """The one row."""
        return super().get_queryset().filter(kind=Kind.FACTS)


class FactSheetDocument(Document):
    """The one document whose revisions are fact sheets."""

    objects = FactSheets()  # type: ignore[assignment, misc] # narrower than the manager of all documents

    class Meta:
        proxy = True
        verbose_name = _("fact sheet")
        verbose_name_plural = _("fact sheet")
