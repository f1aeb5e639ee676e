"""The door: the language, the first page, and the way on from where nothing is."""

import sys
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_supported_language_variant, override
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.cache import never_cache

from articles.models import Article, Topic
from articles.page import ArticlePage
from articles.redirects import moved, note_missing
from articles.shelves import first_pages, shelved
from helpcenter.accounts.addresses import DESK
from helpcenter.domain.paths import CancellationPath
from helpcenter.facts.sheets import sheet_at
from helpcenter.operations import readonly
from helpcenter.operations.database import GONE
from helpcenter.operations.unavailable import come_back
from helpcenter.publishing.desk import nowhere
from helpcenter.publishing.moments import moment, today
from helpcenter.publishing.standing import standing
from helpcenter.refunds.forms import UsageForm

READING = ("GET", "HEAD")

TRY_AGAIN = 30
"""Seconds until a database that is away may be back."""

MOST_NAMED = 30
"""Articles on the page of what is not there; there is a list of all."""

TROUBLES = ("no-button", "no-plan")
"""Sections on the website's path that answer what many get stuck at; its title says nothing of them."""


def choose_language(request: HttpRequest) -> HttpResponse:
    """To the home page in the first language that the browser asks for and we have, else in Traditional Chinese."""
    with override(_accepted(request.headers.get("Accept-Language", ""))):
        response = HttpResponseRedirect(reverse("home"))
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _accepted(header: str) -> str:
    for asked, quality in parse_accept_lang_header(header):
        if not quality:
            break  # sorted by quality; 0 says "not this one"
        try:
            return get_supported_language_variant(asked)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def home(request: HttpRequest) -> HttpResponse:
    """What do you want to do?"""
    at = moment(request)
    pages = first_pages(get_language(), at, standing(request, at).ask(sheet_at))
    context = {
        "form": UsageForm(today=today(at)),
        "paths": [page for page in pages if page.reading.path],
        "shelves": [shelf for shelf in shelved(pages) if shelf.topic is not Topic.CANCEL],
        "troubles": _troubles(pages),
    }
    return render(request, "home/home.html", context)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Where it is now; else, in the reader's language, the three paths, the wizard and all articles."""
    if request.path.startswith(DESK):
        return nowhere.not_there(request)
    now = timezone.now()
    try:
        found = moved(request.path, request.META.get("QUERY_STRING", ""), now) if request.method in READING else None
        if found and found.address:
            return HttpResponsePermanentRedirect(found.address)
        if not found and not readonly.ends(now):
            note_missing(request.path, now)
        articles = _articles(now)
    except (Http404, DatabaseError):
        found, articles = None, {}
    status = HTTPStatus.GONE if found else HTTPStatus.NOT_FOUND
    return render(request, "404.html", {**articles, "gone": bool(found)}, status=status)


def way_on(request: HttpRequest, status: HTTPStatus, **why: bool) -> HttpResponse:
    """The page of what is not there, for whoever answers without Django; `why` as its template asks for it."""
    return render(request, "404.html", {**_articles(timezone.now()), **why}, status=status)


def no_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Readers' pages take nothing but questions; at the desk a form without its token came too late."""
    if request.path.startswith(DESK):
        return nowhere.too_old(request)
    response = not_found(request, Http404("method"))
    response.status_code, response["Allow"] = HTTPStatus.METHOD_NOT_ALLOWED, "GET, HEAD"
    return response


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing but the desk asks who somebody is."""
    return nowhere.refused(request)


@never_cache
def busy(request: HttpRequest) -> HttpResponse:
    """What somebody reads who is sent away for a moment. The front layer asks for it once, and sends it with 503."""
    return render(request, "busy.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What nobody sends by mistake. Django's own looks for a token in what could not be read, and fails."""
    return HttpResponse("Bad request\n", content_type="text/plain", status=HTTPStatus.BAD_REQUEST)


def server_error(request: HttpRequest) -> HttpResponse:
    """A designed page that needs neither the database nor the collected files' names."""
    if isinstance(sys.exception(), GONE):
        return come_back(request, TRY_AGAIN)
    return render(request, "500.html", status=500)


def _troubles(pages: list[ArticlePage]) -> list[tuple[str, str]]:
    """Address and words of the sections that readers look for by what they see, as far as they are live."""
    return [
        (f"{reverse('articles:article', args=[page.reading.slug])}#{key}", words)
        for page in pages
        if page.reading.path == CancellationPath.WEB
        for key, words in page.contents
        if key in TROUBLES
    ]


def _articles(at: datetime) -> dict[str, object]:
    sheet = sheet_at(at)
    found = Article.objects.first_of_each(get_language(), at, [{}, {"path__gt": ""}], most=MOST_NAMED)
    pages = [ArticlePage(reading, sheet) for reading in found]
    return {
        "pages": pages,
        "paths": [page for page in pages if page.reading.path],
        "troubles": _troubles(pages),
        "more": len(pages) >= MOST_NAMED,
    }
