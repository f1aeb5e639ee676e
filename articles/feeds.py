"""What changed lately, as Atom: of a whole language, or of one article with its facts."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from articles.addresses import html_lang
from articles.history import history
from articles.models import Article
from articles.page import ArticlePage
from articles.reading import Reading
from helpcenter.domain.facts import FactSheet
from helpcenter.facts.sheets import sheet_at, sheet_of
from helpcenter.publishing.models import Document, Kind, LiveChange, kind_is
from helpcenter.publishing.moments import moment

MOST_ENTRIES = 50


def of_language(request: HttpRequest) -> HttpResponse:
    """The newest changes of all articles of a language; of what is taken down nothing more is told."""
    at, language = moment(request), get_language()
    # From the newest change back to the last that is shown: no condition that the database could begin with.
    text = Document.objects.filter(kind_is(Kind.ARTICLE), language=language, pk=OuterRef("document"))
    newest = LiveChange.objects.up_to(at).filter(document=OuterRef("document")).values("revision")[:1]
    # Of changes of one instant the database gives any first, and another one each time it likes.
    changes = LiveChange.objects.up_to(at).filter(Exists(text), revision__isnull=False).order_by("-at", "-pk")
    seen = changes.annotate(shown=Subquery(newest)).filter(shown__isnull=False)
    sheets = list(LiveChange.objects.of_kind(Kind.FACTS).up_to(at).select_related("revision"))
    feed = _feed(request, _("Cancelling Midjourney: what changed"), reverse("articles:index"))
    for change in seen.select_related("revision__document__translation__article")[:MOST_ENTRIES]:
        sheet = next((each.revision for each in sheets if each.revision and each.at <= change.at), None)
        if change.revision and sheet:
            reading = Reading.of(change.revision)
            _add(feed, request, reading, sheet_of(sheet), change.at, change.note or change.revision.note)
    return _answer(feed)


def of_article(request: HttpRequest, slug: str) -> HttpResponse:
    """The public history of one article: its own changes, and those of the facts in it."""
    at = moment(request)
    reading = Article.objects.live(slug, get_language(), at)
    title = ArticlePage(reading, sheet_at(at)).title
    feed = _feed(request, title, reverse("articles:versions", args=[slug]))
    for entry in history(reading, at)[:MOST_ENTRIES]:
        if entry.reading:
            facts = ", ".join(key for key, _old, _new in entry.facts)
            note = _("Facts changed: %s") % facts if facts else entry.reading.note
            _add(feed, request, entry.reading, entry.sheet, entry.at, note)
    return _answer(feed)


def _feed(request: HttpRequest, title: str, link: str) -> Atom1Feed:
    return Atom1Feed(
        title=title,
        link=request.build_absolute_uri(link),
        description="",
        language=html_lang(get_language() or ""),
        feed_url=request.build_absolute_uri(request.path),
        feed_guid=request.build_absolute_uri(request.path),
        author_name=_("Cancelling Midjourney"),
    )


def _add(feed: Atom1Feed, request: HttpRequest, reading: Reading, sheet: FactSheet, at: datetime, note: str) -> None:
    page = ArticlePage(reading, sheet)
    link = request.build_absolute_uri(page.permalink)
    # The same version may go live again: each time is an entry of its own.
    identity = f"{link}#{at:%Y%m%dT%H%M%S}"
    # Django says of every summary that it is HTML; a note is text.
    feed.add_item(
        title=page.title, link=link, description=escape(note), unique_id=identity, unique_id_is_permalink=False,
        pubdate=at, updateddate=at,
    )  # fmt: skip


def _answer(feed: Atom1Feed) -> HttpResponse:
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
