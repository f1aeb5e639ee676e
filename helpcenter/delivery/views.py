"""Whether the process answers, and whether it can serve."""

import os

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from helpcenter.delivery.granian import leaving
from helpcenter.operations.database import lacks_migrations
from helpcenter.publishing.models import Kind, Revision


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """It can serve: it is not about to go, the database answers, is migrated, and something is live of every kind."""
    if leaving(settings.DATA_DIR, os.getppid()).exists():
        return _not_ready("leaving")
    try:
        if lacks_migrations():
            return _not_ready("migrations are missing")
        now = timezone.now()
        missing = [kind for kind in sorted(Kind.values) if not Revision.objects.of_kind(kind).live(now).exists()]
    except DatabaseError as error:
        return _not_ready(f"database: {type(error).__name__}")
    if missing:
        return _not_ready(f"nothing live of: {', '.join(missing)}")
    return HttpResponse("ready\n", content_type="text/plain; charset=utf-8")


def _not_ready(reason: str) -> HttpResponse:
    return HttpResponse(f"not ready: {reason}\n", status=503, content_type="text/plain; charset=utf-8")
