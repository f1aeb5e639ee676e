"""The bundled flow goes live."""

from datetime import datetime

from django.conf import settings

from helpcenter.publishing.loading import Brought, BundledFile, load
from helpcenter.publishing.models import Kind
from helpcenter.wizard.models import FlowDocument


def load_flow(now: datetime) -> Brought:
    """Load articles/content/flow.yaml."""
    document, _ = FlowDocument.objects.get_or_create(kind=Kind.FLOW)
    return load(document, BundledFile.read(settings.CONTENT_DIR / "flow.yaml"), now=now)
