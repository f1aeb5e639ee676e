"""The fact sheet as a versioned document."""

from django.utils.translation import gettext_lazy as _

from helpcenter.publishing.models import Document, Kind, OfKind


class FactSheetDocument(Document):
    """The one document whose revisions are fact sheets."""

    objects = OfKind(Kind.FACTS)  # type: ignore[assignment, misc] # narrower than the manager of all documents

    class Meta:
        proxy = True
        verbose_name = _("fact sheet")
        verbose_name_plural = _("fact sheet")
