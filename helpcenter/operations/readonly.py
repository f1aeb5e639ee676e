"""Reading goes on, and whatever writes is answered 503 with words and a time: for moving the database, and for repairs.

A file in DATA_DIR, so that it is switched without a restart, by whoever has a shell, for all processes of the machine.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from helpcenter.operations.unavailable import come_back

READING = ("GET", "HEAD", "OPTIONS")
LONGER = timedelta(minutes=5)
"""When to come back if it takes longer than was said."""

type GetResponse = Callable[[HttpRequest], HttpResponse]


def switch_on(until: datetime) -> None:
    """From now on nothing is written through the site, probably until then."""
    _file().write_text(until.astimezone(UTC).isoformat(), encoding="ascii")


def switch_off() -> None:
    """Everything can be written again."""
    _file().unlink(missing_ok=True)


def ends(now: datetime) -> datetime | None:
    """When to come back; None if everything can be written."""
    try:
        said = datetime.fromisoformat(_file().read_text(encoding="ascii")).astimezone(UTC)
    except FileNotFoundError:
        return None
    except (OSError, ValueError):  # somebody has made the file by hand
        return now + LONGER
    return said if said > now else now + LONGER


def keeps_writers_out(get_response: GetResponse) -> GetResponse:
    """Middleware: while it is on, only readers get through. The desk is shut as a whole: it is there to write."""

    def middleware(request: HttpRequest) -> HttpResponse:
        writes = request.method not in READING or request.path_info.startswith(reverse("admin:index"))
        now = timezone.now()
        if writes and (until := ends(now)):
            return come_back(request, (until - now).total_seconds(), readonly=True)
        return get_response(request)

    return middleware


def _file() -> Path:
    folder: Path = settings.DATA_DIR
    return folder / "readonly"
