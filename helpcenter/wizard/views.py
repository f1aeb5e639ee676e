"""A page of the wizard: replay the answers of the address, show where they lead, or redirect to its one address."""

from datetime import date, datetime
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from articles.models import Article
from articles.page import ArticlePage
from helpcenter.domain.business_days import money_by
from helpcenter.domain.facts import FactSheet
from helpcenter.domain.flows.graph import Flow, Outcome, Timeline, expand
from helpcenter.domain.flows.replay import UnknownPage, current, current_key, replay
from helpcenter.facts.sheets import sheet_at
from helpcenter.publishing.moments import today
from helpcenter.refunds.forms import PeriodForm
from helpcenter.refunds.timeline import Event, period_days, refund_days, renewal_days, timeline
from helpcenter.wizard.addresses import DATES, address, single
from helpcenter.wizard.flows import flow_at
from helpcenter.wizard.page import WizardPage


def page(request: HttpRequest, key: str | None = None) -> HttpResponse:
    """A question, a step or an outcome, always at its canonical address."""
    now, language = timezone.now(), get_language()
    return show(request, flow_at(now), key, now, language)


def show(
    request: HttpRequest, flow: Flow, key: str | None, now: datetime, language: str, *, base: str = ""
) -> HttpResponse:
    """A page of a flow over the live articles; the desk tries a draft out with it, at `base`."""
    sheet = sheet_at(now)
    readings = Article.objects.all_live(language, now)
    articles = Article.objects.by_any_slug({reading.slug: ArticlePage(reading, sheet) for reading in readings}, now)
    graph = expand(flow, {slug: [shown.step.key for shown in article.steps] for slug, article in articles.items()})
    given = current(graph, single(request.GET))
    key = current_key(graph, key) if key else None
    try:
        position = replay(graph, given, key)
    except UnknownPage as error:
        raise Http404(error.key) from error
    canonical = address(graph, position, given, base=base)
    if request.get_full_path() != canonical:
        return HttpResponseRedirect(canonical)
    context: dict[str, object] = {"page": WizardPage(graph, position, articles, sheet, language, base)}
    if isinstance(position.node, Outcome):
        context |= _dates(position.node, given, sheet, today(now))
    return render(request, "wizard/page.html", context)


def _dates(outcome: Outcome, given: dict[str, str], sheet: FactSheet, day: date) -> dict[str, object]:
    """The dates of an outcome, as far as they can be worked out from what was given."""
    names = DATES[outcome.timeline]
    typed = {name: given[name] for name in names if name in given}
    asked = bool(typed)
    form = PeriodForm(typed if asked else None, today=day, needs_start="start" in names)
    valid = not asked or form.is_valid()
    events: list[Event] = []
    match outcome.timeline:
        case Timeline.PERIOD_END if asked and valid and form.period:
            events = timeline(period_days(form.period, day))
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
        "known_query": urlencode(typed),
    }
