"""The bundled fact sheet goes live."""

from datetime import datetime

from django.conf import settings

from helpcenter.facts.models import FactSheetDocument
from helpcenter.publishing.loading import Brought, BundledFile, load
from helpcenter.publishing.models import Kind


def load_sheet(now: datetime) -> Brought:
    """Load articles/content/facts.yaml."""
    document, _ = FactSheetDocument.objects.get_or_create(kind=Kind.FACTS)
    return load(document, BundledFile.read(settings.CONTENT_DIR / "facts.yaml"), now=now)
