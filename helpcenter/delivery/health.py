"""Whether the process answers, and whether it can serve.

Said before Django: by whatever name a balancer calls the machine, and while everything that Django may do at once is
being done. Of those who ask at once whether it can serve one asks the database; the others are told what was said
last, so that a database which does not answer holds one thread and not all.
"""

import os
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from helpcenter.delivery.granian import leaving
from helpcenter.operations.database import lacks_migrations
from helpcenter.publishing.models import Kind, Revision

ALIVE, READY = "/healthz", "/readyz"

_HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
]


class Health:
    """Answers the two addresses (WSGI)."""

    def __init__(self) -> None:
        self._asking = Lock()
        self._said = "the database was not asked yet"

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        status, said = "200 OK", "ok"
        if environ["PATH_INFO"] == READY:
            why_not = self._why_not()
            status, said = ("503 Service Unavailable", f"not ready: {why_not}") if why_not else ("200 OK", "ready")
        body = f"{said}\n".encode()
        start_response(status, [*_HEADERS, ("Content-Length", str(len(body)))])
        return [body] if environ["REQUEST_METHOD"] == "GET" else []

    def _why_not(self) -> str:
        if leaving(settings.DATA_DIR, os.getppid()).exists():
            return "leaving"
        if self._asking.acquire(blocking=False):
            try:
                self._said = _lacks()
            finally:
                self._asking.release()
        return self._said


def _lacks() -> str:
    """What is not as it must be: the database answers, is migrated, and something is live of every kind."""
    close_old_connections()  # as Django does around each request
    try:
        if lacks_migrations():
            return "migrations are missing"
        now = timezone.now()
        missing = [kind for kind in sorted(Kind.values) if not Revision.objects.of_kind(kind).live(now).exists()]
    except DatabaseError as error:
        return f"database: {type(error).__name__}"
    finally:
        close_old_connections()
    return f"nothing live of: {', '.join(missing)}" if missing else ""
