"""A page of the wizard: replay the answers of the address, show where they lead, or redirect to its one address."""

from datetime import date, datetime
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from helpcenter.domain.business_days import money_by
from helpcenter.domain.facts import FactSheet
from helpcenter.domain.flows.graph import Graph, Outcome, Timeline, expand
from helpcenter.domain.flows.replay import Position, UnknownPage, current, current_key, replay
from helpcenter.publishing.moments import answers_canonically, today
from helpcenter.publishing.standing import standing
from helpcenter.refunds.forms import PeriodForm
from helpcenter.refunds.timeline import Event, period_days, refund_days, renewal_days, timeline
from helpcenter.wizard.addresses import DATES, address, single
from helpcenter.wizard.counting import count
from helpcenter.wizard.flows import flow_at, live_steps
from helpcenter.wizard.page import FlowInWords, WizardPage, in_words

MOST_OF_AN_ADDRESS = 4000


@answers_canonically(but={name for names in DATES.values() for name in names})
def page(request: HttpRequest, key: str | None = None) -> HttpResponse:
    """A question, a step or an outcome, always at its canonical address."""
    now = timezone.now()
    return show(request, standing(request, now).ask(_live, get_language()), key, now)


def _live(language: str, at: datetime) -> FlowInWords:
    return in_words(flow_at(at), language, at)


@csrf_exempt  # it changes nothing of anybody's, and readers have no cookie that could tell a form of ours
@require_POST
def counted(request: HttpRequest) -> HttpResponse:
    """A browser says which page of the wizard it has come to. The page itself is the same for all, and is cached."""
    now = timezone.now()
    path, _mark, query = request.POST.get("address", "")[:MOST_OF_AN_ADDRESS].partition("?")
    try:
        asked = resolve(path)
    except Resolver404:
        raise Http404("address") from None
    if asked.app_name != "wizard" or asked.func is not page:
        raise Http404("address")
    flow = flow_at(now)
    steps = live_steps(flow, now, get_language())
    position, _given = _position(expand(flow, steps), asked.kwargs.get("key"), QueryDict(query))
    count(position, today(now))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def show(request: HttpRequest, told: FlowInWords, key: str | None, now: datetime, *, base: str = "") -> HttpResponse:
    """A page of a flow; the desk tries a draft out with it, at `base`."""
    position, given = _position(told.graph, key, request.GET)
    canonical = address(told.graph, position, given, base=base)
    if request.get_full_path() != canonical:
        return HttpResponseRedirect(canonical)
    context: dict[str, object] = {"page": WizardPage(told, position, given, base)}
    if isinstance(position.node, Outcome):
        context |= _dates(position.node, given, told.sheet, today(now))
    return render(request, "wizard/page.html", context)


def _position(graph: Graph, key: str | None, query: QueryDict) -> tuple[Position, dict[str, str]]:
    """Where an address leads, and the answers that it gives. Raises Http404."""
    given = current(graph, single(query))
    try:
        return replay(graph, given, current_key(graph, key) if key else None), given
    except UnknownPage as error:
        raise Http404(error.key) from error


def _dates(outcome: Outcome, given: dict[str, str], sheet: FactSheet, day: date) -> dict[str, object]:
    """The dates of an outcome, as far as they can be worked out from what was given."""
    names = DATES[outcome.timeline]
    typed = {name: given[name] for name in names if name in given}
    asked = bool(typed)
    form = PeriodForm(typed if asked else None, today=day, needs_start="start" in names)
    valid = not asked or form.is_valid()
    events: list[Event] = []
    ended: date | None = None
    match outcome.timeline:
        case Timeline.PERIOD_END if asked and valid and form.paid_period and form.paid_period.end < day:
            ended = form.paid_period.end
        case Timeline.PERIOD_END if asked and valid and form.paid_period:
            events = timeline(period_days(form.paid_period, day))
        case Timeline.RENEWAL if asked and valid and form.period:
            events = timeline(renewal_days(form.period, day, int(sheet.number("billing.margin_days"))))
        case Timeline.REFUND if valid:
            country = form.cleaned_data.get("country") or "" if asked else ""
            events = timeline(refund_days(day, money_by(day, int(sheet.number("refund.business_days")), country)))
        case _:
            pass
    return {
        "form": form,
        "fields": [form[name] for name in names],
        "timeline": events,
        "ended": ended,
        "known_query": urlencode(typed),
    }
