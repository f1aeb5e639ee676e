"""The instant that a page speaks of, and for how long the page stays true. The only reader of the clock."""

from collections.abc import Callable, Collection
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from helpcenter.publishing.models import LiveChange
from helpcenter.publishing.standing import Standing, standing

TRUE_UNTIL = "helpcenter.true_until"
"""Where a request says, once it is answered, until when its page may be kept (a timestamp)."""

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


def true_until(asked: datetime, known: Standing) -> datetime:
    """Until when a page stays true: the next live change after it was asked for, or the end of the day.

    After it was asked for, not after it was made: a change that came in between may not be in it.
    """
    midnight = timezone.make_aware(datetime.combine(today(asked) + timedelta(days=1), time.min))
    return min(filter(None, [midnight, known.ask(LiveChange.objects.next_after)]))


def cache_control(seconds: float) -> str:
    """What others are told who keep copies of a page that stays true for so long."""
    return f"public, max-age={max(0, int(min(seconds, LONGEST_CACHED.total_seconds())))}"


def reads[View: Callable[..., HttpResponse]](*names: str) -> Callable[[View], View]:
    """Say what a view reads of the query: under an address that says something else its pages are not kept."""
    return _kept_with(lambda given: given <= set(names))


def answers_canonically[View: Callable[..., HttpResponse]](*, but: Collection[str]) -> Callable[[View], View]:
    """Say of a view that it redirects what it does not read, and which names have values that readers make up."""
    return _kept_with(lambda given: given.isdisjoint(but))


def _kept_with[View: Callable[..., HttpResponse]](rule: Callable[[set[str]], bool]) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.kept_with = rule  # type: ignore[attr-defined] # a function may carry a mark
        return view

    return mark


def _may_be_kept(request: HttpRequest) -> bool:
    """Whether the address is one of finitely many: of a view, and with nothing in its query that was made up.

    Nor is the way in which it is written: `?&&` says nothing, and of a name that is there twice the last counts.
    """
    if request.resolver_match is None or urlencode(request.GET.dict()) != request.META.get("QUERY_STRING", ""):
        return False
    rule = getattr(request.resolver_match.func, "kept_with", None)
    return rule(set(request.GET)) if rule else not request.GET


def cacheable(get_response: GetResponse) -> GetResponse:
    """Middleware: anyone may keep a reader's page for as long as it is sure to be true."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = timezone.now()
        known = standing(request, asked)  # first, so that it holds for the view, which reads the clock later
        response = get_response(request)
        if response.status_code in KEPT and not response.has_header("Cache-Control"):
            ends = true_until(asked, known)
            left = min(ends, asked + LONGEST_CACHED) - timezone.now()
            response["Cache-Control"] = cache_control(left.total_seconds())
            if _may_be_kept(request):
                request.META[TRUE_UNTIL] = ends.timestamp()
        return response

    return middleware
