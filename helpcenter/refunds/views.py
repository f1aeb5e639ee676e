"""The refund check: one form, one answer, and the answer's permalink."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from articles.markdown import plain
from helpcenter.domain.billing import EARLIEST_FIRST_CHARGE
from helpcenter.domain.business_days import money_by
from helpcenter.domain.facts import FactSheet
from helpcenter.domain.refunds import assess, provider_refund_policy, refund_policy
from helpcenter.facts.sheets import sheet_at, sheet_numbered
from helpcenter.publishing.moments import moment, today
from helpcenter.publishing.standing import standing
from helpcenter.refunds.answers import Answer
from helpcenter.refunds.calendar import calendar
from helpcenter.refunds.forms import UsageForm
from helpcenter.refunds.timeline import MAY_BE_MISSED, refund_days, renewal_days, timeline


def check(request: HttpRequest) -> HttpResponse:
    """The form, and with valid input its answer. `facts` and `on` pin the sheet and the day: that is the permalink."""
    at = moment(request)
    known = standing(request, at)
    sheet = sheet_numbered(_facts(request), at=timezone.now()) if "facts" in request.GET else known.ask(sheet_at)
    day = _day(request) if "on" in request.GET else today(at)
    typed = any(name in request.GET for name in UsageForm.field_order[:2])
    form = UsageForm(request.GET if typed else None, today=day, initial=request.GET.dict())
    context: dict[str, object] = {
        "form": form,
        "sheet": sheet,
        "day": day,
        "pinned": "facts" in request.GET,
        "more": any(request.GET.get(name) for name in UsageForm.field_order[2:]),
        "gpu_limit": plain(sheet["refund.gpu_minutes"], get_language()),
        "image_limit": plain(sheet["refund.images"], get_language()),
        "combined": plain(sheet["refund.combine"], get_language()),
        "scope": plain(sheet["refund.scope"], get_language()),
    }
    if typed and form.is_valid():
        context |= _answer(form, sheet, day)
    return render(request, "refunds/check.html", context)


def for_the_calendar(request: HttpRequest, kind: str, day: str) -> HttpResponse:
    """A day of the timeline as a file for a calendar."""
    try:
        asked = date.fromisoformat(day)
        last = asked + timedelta(days=1)  # it ends with the beginning of the next
    except (ValueError, OverflowError):
        raise Http404("day") from None
    if kind not in MAY_BE_MISSED or last.year < EARLIEST_FIRST_CHARGE.year:
        raise Http404("kind")
    file = calendar(kind, asked, request.build_absolute_uri(reverse("wizard:start")))
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}-{asked.isoformat()}.ics"'
    return response


def _answer(form: UsageForm, sheet: FactSheet, day: date) -> dict[str, object]:
    business_days = int(sheet.number("refund.business_days"))
    money = money_by(day, business_days, form.cleaned_data.get("country") or "")
    default = assess(refund_policy(sheet), form.usage)
    provider = assess(provider_refund_policy(sheet), form.usage)
    context: dict[str, object] = {
        "answer": Answer(default, provider),
        "timeline": timeline(refund_days(day, money)),
        "business_days": business_days,
        "cancel_label": sheet["label.cancel"].value,
        "permalink": permalink(form, sheet, day),
    }
    if form.period:
        margin = int(sheet.number("billing.margin_days"))
        context["renewal_timeline"] = timeline(renewal_days(form.period, day, margin, asked="asked-on"))
    return context


def permalink(form: UsageForm, sheet: FactSheet, day: date) -> str:
    """The address that gives this answer for ever: what was typed, the version of the sheet, the day."""
    typed = [(name, form.data[name]) for name in form.fields if form.data.get(name)]
    pinned = [("facts", str(sheet.version)), ("on", day.isoformat())]
    return f"{reverse('refunds:check')}?{urlencode(typed + pinned)}"


def _facts(request: HttpRequest) -> int:
    typed = request.GET["facts"]
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):
        raise Http404("facts")
    return int(typed)


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET["on"])
    except ValueError:
        raise Http404("on") from None
