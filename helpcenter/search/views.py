"""The search: a page of results, and what is suggested while somebody types."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from articles.models import Article
from articles.page import ArticlePage
from helpcenter.facts.sheets import sheet_at
from helpcenter.publishing.standing import standing
from helpcenter.search.asking import MOST_LETTERS, cleaned, repairs, search
from helpcenter.search.counting import count
from helpcenter.search.results import Result, results

MOST_RESULTS = 20
MOST_SUGGESTED = 6
MOST_NEAR = 3


def asked_anew[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Whoever keeps an answer asks whether it is still the same: what editors repair acts with the next question."""
    never_old = cache_control(public=True, max_age=0)(view)

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request: Any = args[0]
        return (never_old if request.GET.get("q") else view)(*args, **kwargs)

    return answer


@asked_anew
def find(request: HttpRequest) -> HttpResponse:
    """What answers a question, best first; where nothing does, what comes near and the ways on."""
    at, language, question = timezone.now(), get_language(), cleaned(request.GET.get("q", ""))
    context: dict[str, Any] = {
        "question": question,
        "too_long": len(request.GET.get("q", "")) > MOST_LETTERS,
        "most_letters": MOST_LETTERS,
    }
    if question:
        known = standing(request, at)
        sheet, begun = known.ask(sheet_at), len(question) == 1  # 退 for 退款: one character is hardly a word yet
        found = search(question, language, at, unfinished=begun, kept=known.ask(repairs, language))
        context["results"] = list(results(found, found.hits[:MOST_RESULTS], sheet))
        context["near"] = list(results(found, found.near[:MOST_NEAR], sheet))
        if not found.hits:
            ways_out = Article.objects.all_live(language, at, path__gt="")
            context["paths"] = [ArticlePage(each, sheet) for each in ways_out]
    return render(request, "search/search.html", context)


@asked_anew
def suggestions(request: HttpRequest) -> HttpResponse:
    """A few articles for what has been typed so far, as the options of a list."""
    at, language, typed = timezone.now(), get_language(), cleaned(request.GET.get("q", ""))
    shown: list[Result] = []
    if typed:
        known = standing(request, at)
        found = search(typed, language, at, unfinished=True, kept=known.ask(repairs, language))
        shown = list(results(found, found.hits[:MOST_SUGGESTED], known.ask(sheet_at)))
    return render(request, "search/suggestions.html", {"results": shown})


@csrf_exempt  # it changes nothing of anybody's, and readers have no cookie that could tell a form of ours
@require_POST
def counted(request: HttpRequest) -> HttpResponse:
    """A browser says that somebody asked, or followed a result. The page itself is the same for all, and is cached."""
    count(cleaned(request.POST.get("q", "")), get_language(), clicked="clicked" in request.POST, now=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
