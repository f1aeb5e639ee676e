"""Did it help? Yes or no, then why. Forms of pages that are cached for everybody: no cookie, no token in the page."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.models import Article
from articles.page import ArticlePage
from articles.reading import Reading
from helpcenter.facts.sheets import sheet_at
from helpcenter.feedback.forms import MoreForm
from helpcenter.feedback.voting import TooMany, answer_of, token, vote

OURS = ("same-origin", "none")
"""What browsers say of a form that was sent from a page of this site. Old ones say nothing."""


@csrf_exempt  # readers have no cookie that could tell a form of ours; Sec-Fetch-Site does
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, written_in: str, slug: str, number: int) -> HttpResponse:
    """Count whether the version that somebody has read helped. Whoever opens the address is sent to the text."""
    now = timezone.now()
    reading = Article.objects.version(slug, written_in, number, now)
    if request.method in ("GET", "HEAD"):
        return HttpResponseRedirect(reverse("articles:article", args=[slug]))
    helped = {"yes": True, "no": False}.get(request.POST.get("helped", ""))
    if helped is None or request.headers.get("Sec-Fetch-Site", "none") not in OURS:
        return _refused(request, reading, HTTPStatus.BAD_REQUEST)
    try:
        counted = vote(reading.revision, helped=helped, request=request, now=now)
    except TooMany:
        return _refused(request, reading, HTTPStatus.TOO_MANY_REQUESTS)
    return HttpResponseRedirect(reverse("feedback:more", args=[token(counted)]), status=HTTPStatus.SEE_OTHER)


@csrf_exempt  # its address is signed
@never_cache
def more(request: HttpRequest, said: str) -> HttpResponse:
    """Thanks, and room for what was wrong.

    What was said before is never shown: two who share an address and a browser have one answer, but not one's words.
    """
    answer = answer_of(said)
    reading = Reading.of(answer.revision)
    form = MoreForm(request.POST if request.method == "POST" else None, helped=answer.helped)
    done = form.is_bound and form.is_valid()
    if done:
        comment = form.cleaned_data["comment"] or answer.comment
        answer.seen_to = answer.seen_to and comment == answer.comment  # new words wait at the desk again
        answer.reason, answer.comment = form.cleaned_data.get("reason") or answer.reason, comment
        answer.save(update_fields=["reason", "comment", "seen_to"])
    context = {"form": form, "answer": answer, "done": done, "page": ArticlePage(reading, sheet_at(timezone.now()))}
    return render(request, "feedback/more.html", context, status=_status(form))


def _status(form: MoreForm) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK


def _refused(request: HttpRequest, reading: Reading, status: HTTPStatus) -> HttpResponse:
    """Nothing was counted, and why."""
    context = {"page": ArticlePage(reading, sheet_at(timezone.now())), "flood": status == HTTPStatus.TOO_MANY_REQUESTS}
    response = render(request, "feedback/refused.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
