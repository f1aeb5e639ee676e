"""The wizard's flow as a versioned document."""

from django.utils.translation import gettext_lazy as _

from helpcenter.publishing.models import Document


class FlowDocument(Document):
    """The one document whose revisions are flows."""

    class Meta:
        proxy = True
        verbose_name = _("wizard's flow")
        verbose_name_plural = _("wizard's flow")
