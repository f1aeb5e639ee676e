"""The reader's pages of articles: the list, an article, its history, one version, what changed between two."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from articles.addresses import elsewhere, index_in
from articles.asmarkdown import as_markdown
from articles.cards import can_draw, card
from articles.history import first_published, history, rows
from articles.models import Article, Rendition, Topic
from articles.page import ArticlePage
from articles.reading import More, Reading
from articles.related import related
from articles.sharing import Ended, opened
from articles.shelves import MOST, first_pages, has_page, page_of, shelved
from articles.translating import is_badly_behind
from articles.verifying import checked_on, last_checked, last_looked
from articles.wording import place
from helpcenter.facts.sheets import languages, sheet_at, sheet_numbered
from helpcenter.publishing.comparing import compare_passages
from helpcenter.publishing.languages import in_first_language
from helpcenter.publishing.models import Revision
from helpcenter.publishing.moments import moment, reads
from helpcenter.publishing.standing import Standing, standing


@reads("as_of")
def index(request: HttpRequest) -> HttpResponse:
    """All articles, by topic."""
    at = moment(request)
    shelves = shelved(first_pages(get_language(), at, standing(request, at).ask(sheet_at)))
    return render(request, "articles/index.html", {"shelves": [shelf for shelf in shelves if shelf.pages]})


@reads("as_of", "page")
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    """All articles of a topic, page by page."""
    at, language = moment(request), get_language()
    number = 1 if "page" not in request.GET else _number(request, "page")
    if topic not in Topic.values or not number:
        raise Http404(topic)
    of = Topic(topic)
    pages, more = page_of(of, number, language, at, standing(request, at).ask(sheet_at))
    if not pages:
        raise Http404("page")
    there = {code for code in languages() if code == language or has_page(of, number, code, at)}
    context = {
        "topic": of,
        "number": number,
        "pages": pages,
        "more": more,
        # What fits on the shelf is found in the list of all, and further pages by the first one.
        "indexed": number == 1 and len(pages) > MOST,
        "elsewhere": {code: index_in(code) for code in languages() if code not in there},
    }
    return render(request, "articles/topic.html", context)


@reads("as_of")
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """What readers see now, or saw on the day that `as_of` names."""
    at = moment(request)
    known = standing(request, at)
    reading, more = Article.objects.shown_with_more(slug, get_language(), at)
    return _show(
        request,
        ArticlePage(reading, known.ask(sheet_at)),
        more,
        known,
        as_of=timezone.localdate(at) if "as_of" in request.GET else None,
        related=related(reading, known, at),
        badly_behind=is_badly_behind(reading, more.live_original, at),
    )


@reads("facts")
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version for ever: with the fact sheet of the day it went live, or the one that `facts` names."""
    now = timezone.now()
    reading = Article.objects.version(slug, get_language(), number, now)
    facts = _number(request, "facts")
    sheet = sheet_at(reading.live_since or now) if facts is None else sheet_numbered(facts, at=now)
    more = _more(reading, now, last_looked(reading, now, alone=True))
    there = Article.objects.numbered_in(slug, [number], now)
    return _show(
        request,
        ArticlePage(reading, sheet),
        more,
        standing(request, now),
        permanent=True,
        elsewhere=elsewhere(slug, there, more.live_in),
    )


def preview(request: HttpRequest, revision: Revision) -> HttpResponse:
    """A draft on the page that its article would have."""
    now = timezone.now()
    reading, known = Reading.of(revision), Standing(now)
    more = _more(reading, now, last_looked(reading, now))
    return _show(request, ArticlePage(reading, known.ask(sheet_at)), more, known, preview=True)


def _more(reading: Reading, at: datetime, looked: datetime | None) -> More:
    return More(Article.objects.live_in(reading.slug, at), first_published(reading), looked)


def _show(request: HttpRequest, page: ArticlePage, more: More, known: Standing, **context: Any) -> HttpResponse:
    reading, language = page.reading, get_language()
    common = {
        "page": page,
        "elsewhere": elsewhere(reading.slug, {*more.live_in, reading.language}, more.live_in),
        "published": more.published,
        "paths": known.ask(_ways_out, language),
        "original_language": languages()[0],
        "related": [],
        "instead": reading.language != language,
        "last_checked": checked_on(reading, more.looked),
    }
    return render(request, "articles/article.html", common | context)


def _ways_out(language: str, at: datetime) -> list[Article]:
    return list(Article.objects.ways_out(language, at))


@reads("as_of", "facts")
def markdown(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """The article, or one version of it for ever, as Markdown."""
    at, now = moment(request), timezone.now()
    if number is None:
        reading = Article.objects.shown(slug, get_language(), at)
    else:
        reading = Article.objects.version(slug, get_language(), number, now)
    facts = _number(request, "facts") if number is not None else None
    if facts is not None:
        sheet = sheet_numbered(facts, at=now)
    else:
        sheet = sheet_at(reading.live_since if number is not None and reading.live_since else at)
    looked = last_checked(reading, at, alone=number is not None)
    text = as_markdown(ArticlePage(reading, sheet), looked, request.build_absolute_uri)
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


@reads("as_of")
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """The article's public history."""
    at = moment(request)
    reading = Article.objects.live(slug, get_language(), at)
    context = {
        "page": ArticlePage(reading, sheet_at(at)),
        "rows": rows(history(reading, at)),
        "today": timezone.localdate(at),
        "elsewhere": _elsewhere(reading, at),
    }
    return render(request, "articles/versions.html", context)


@reads("from", "to", "facts_from", "facts_to")
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed from one version to another, word by word. `facts_from` and `facts_to` name the sheets."""
    now = timezone.now()
    pages = []
    for side in ("from", "to"):
        number = _number(request, side)
        if number is None:
            raise Http404(side)
        reading = Article.objects.version(slug, get_language(), number, now)
        facts = _number(request, f"facts_{side}")
        sheet = sheet_at(reading.live_since or now) if facts is None else sheet_numbered(facts, at=now)
        pages.append(ArticlePage(reading, sheet))
    old, new = pages
    context = {
        "old": old,
        "new": new,
        "passages": [
            (place(field), runs) for field, runs in compare_passages(old.plain_passages(), new.plain_passages())
        ],
        "elsewhere": _elsewhere(new.reading, now, *(page.reading.number or 0 for page in pages)),
    }
    return render(request, "articles/compare.html", context)


@reads("as_of")
def picture_of(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture of an article for those who show links: its title as readers see it, drawn."""
    if not can_draw():
        raise Http404("font")
    at = moment(request)
    page = ArticlePage(Article.objects.live(slug, get_language(), at), sheet_at(at))
    response = HttpResponse(card(page.title, _("Cancelling Midjourney"), page.language), content_type="image/png")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # it is made for others' pages
    return response


def _elsewhere(reading: Reading, at: datetime, *numbers: int) -> dict[str, str]:
    """The page has its like where the article is live, or where its versions have the same numbers."""
    live_in = Article.objects.live_in(reading.slug, at)
    there = Article.objects.numbered_in(reading.slug, numbers, at) if numbers else live_in
    return elsewhere(reading.slug, {*there, reading.language}, live_in)


def _number(request: HttpRequest, name: str) -> int | None:
    typed = request.GET.get(name)
    if typed is None:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):
        raise Http404(name)
    return int(typed)


def shared(request: HttpRequest, token: str) -> HttpResponse:
    """A draft that somebody was sent a link to. Not for caches, not for search engines."""
    now = timezone.now()
    try:
        share = opened(token, now)
    except Ended:
        response = render(request, "404.html", {"link_ended": True}, status=HTTPStatus.GONE)
    else:
        with override(share.revision.document.language):
            response = preview(request, share.revision)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


@in_first_language
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """One size of a picture. Other bytes have another address, so it may be kept for ever."""
    rendition = Rendition.objects.filter(digest=digest).first()
    if rendition is None:
        raise Http404(digest)
    response = HttpResponse(bytes(rendition.content), content_type="image/webp")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
