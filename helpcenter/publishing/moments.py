"""The instant that a page speaks of, and for how long the page stays true. The only reader of the clock."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from helpcenter.publishing.models import LiveChange

type GetResponse = Callable[[HttpRequest], HttpResponse]

KEPT = (HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.GONE)
LONGEST_CACHED = timedelta(minutes=1)
"""How long a copy of a page may be shown unasked: what an editor publishes is everywhere after this long."""


def moment(request: HttpRequest) -> datetime:
    """The end of the day that `as_of` names (a day in Taiwan), else now.

    A day to come is not found: plans are not for readers. Nor is what is no day.
    """
    now = timezone.now()
    if "as_of" not in request.GET:
        return now
    try:
        day = date.fromisoformat(request.GET["as_of"])
        start_of_next = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    except (ValueError, OverflowError):
        raise Http404("as_of") from None
    if day > timezone.localdate(now):
        raise Http404("as_of")
    return min(now, start_of_next - timedelta(microseconds=1))


def today(at: datetime) -> date:
    """The day in Taiwan of that instant."""
    return timezone.localdate(at)


def seconds_until_change(asked: datetime, now: datetime) -> int:
    """For how long from now a page stays true: until the next live change or the end of the day, at most a minute.

    The change is the next after the page was asked for: one that came while it was made may not be in it.
    """
    midnight = timezone.make_aware(datetime.combine(today(asked) + timedelta(days=1), time.min))
    planned = LiveChange.objects.next_after(asked)
    ends = min(filter(None, [asked + LONGEST_CACHED, midnight, planned]))
    return max(int((ends - now).total_seconds()), 0)


def cacheable(get_response: GetResponse) -> GetResponse:
    """Middleware: anyone may keep a reader's page for as long as it is sure to be true."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = timezone.now()
        response = get_response(request)
        if response.status_code in KEPT and not response.has_header("Cache-Control"):
            response["Cache-Control"] = f"public, max-age={seconds_until_change(asked, timezone.now())}"
        return response

    return middleware
