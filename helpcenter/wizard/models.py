"""The wizard's flow as a versioned document."""

from django.utils.translation import gettext_lazy as _

from helpcenter.publishing.models import Document, Kind, OfKind


class FlowDocument(Document):
    """The one document whose revisions are flows."""

    objects = OfKind(Kind.FLOW)  # type: ignore[assignment, misc] # narrower than the manager of all documents

    class Meta:
        proxy = True
        verbose_name = _("wizard's flow")
        verbose_name_plural = _("wizard's flow")
