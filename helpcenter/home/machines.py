"""What machines look for at fixed addresses: which pages there are, what to read, whom to tell of a hole."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_of
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from articles.addresses import html_lang
from articles.models import Article, Topic
from articles.shelves import first_pages, shelved
from helpcenter.facts.sheets import languages, sheet_at
from helpcenter.publishing.languages import in_first_language
from helpcenter.publishing.models import Revision
from helpcenter.publishing.moments import today

BLOCK = 200
"""So many keys of articles are in one sitemap: with all languages less than the front layer keeps of one answer."""

PAGES = ("home", "articles:index", "wizard:start", "refunds:check")


class Translated(Sitemap):  # type: ignore[type-arg] # generic for mypy only
    """Addresses that name each other across the languages as the pages themselves do."""

    i18n = alternates = True

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        """With the tags that HTML has for languages, and the original for whoever reads none of them."""
        urls = super().get_urls(page, site, protocol)
        for url in urls:
            there = {each["lang_code"]: each["location"] for each in url["alternates"]}
            tagged = {html_lang(code): location for code, location in there.items()}
            if original := there.get(languages()[0]):
                tagged["x-default"] = original
            url["alternates"] = [{"lang_code": tag, "location": location} for tag, location in tagged.items()]
        return urls


class Pages(Translated):
    """What is there in every language, whatever the content."""

    def items(self) -> list[str]:
        """Their names."""
        return list(PAGES)

    def location(self, item: str) -> str:
        """In the language that is active."""
        return reverse(item)


class Articles(Translated):
    """The articles of a block in each language in which readers see them, with the day since when it is like this."""

    def __init__(self, block: int) -> None:
        article = "document__translation__article"
        first = block * BLOCK
        live = Revision.objects.live(timezone.now()).filter(
            **{f"{article}__gte": first, f"{article}__lt": first + BLOCK}
        )
        rows = live.values_list(f"{article}__slug", "document__language", "live_since")
        self.since = {(slug, language): since for slug, language, since in rows}

    def items(self) -> list[str]:
        """Their slugs."""
        return sorted({slug for slug, _language in self.since})

    def get_languages_for_item(self, item: str) -> list[str]:
        """Where readers see it; elsewhere its address shows another language's words."""
        return [language for language in languages() if (item, language) in self.since]

    def location(self, item: str) -> str:
        """In the language that is active."""
        return reverse("articles:article", args=[item])

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        """With the instant since when its readers see these words. Django would not say in which language."""
        urls = super().get_urls(page, site, protocol)
        for url in urls:
            url["lastmod"] = self.since[url["item"]]
        return urls


class Shelves(Translated):
    """The pages of the shelves that have more than the list of all shows, in each language."""

    def __init__(self) -> None:
        now = timezone.now()
        self.long = {
            language: [shelf.topic for shelf in shelved(first_pages(language, now, sheet_at(now))) if shelf.more]
            for language in languages()
        }

    def items(self) -> list[Topic]:
        """Their topics."""
        return [topic for topic in Topic if any(topic in topics for topics in self.long.values())]

    def get_languages_for_item(self, item: Topic) -> list[str]:
        """Where it has so many."""
        return [language for language in languages() if item in self.long[language]]

    def location(self, item: Topic) -> str:
        """In the language that is active."""
        return reverse("articles:topic", args=[item.value])


XML = "application/xml; charset=utf-8"


@in_first_language
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page; where there are many articles, the sitemaps that have them, block by block."""
    blocks = _blocks()
    if len(blocks) <= 1:
        articles = {str(block): Articles(block) for block in blocks}
        return sitemap_of(request, {"pages": Pages(), "shelves": Shelves(), **articles}, content_type=XML)
    parts = [reverse("sitemap-pages"), *(reverse("sitemap-block", args=[block]) for block in blocks)]
    context = {"sitemaps": [{"location": request.build_absolute_uri(part)} for part in parts]}
    return TemplateResponse(request, "sitemap_index.xml", context, content_type=XML)


@in_first_language
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """The part of a large sitemap with what is no article."""
    return sitemap_of(request, {"pages": Pages(), "shelves": Shelves()}, content_type=XML)


@in_first_language
def sitemap_block(request: HttpRequest, block: int) -> HttpResponse:
    """The part of a large sitemap with a block of articles."""
    if block not in _blocks():
        raise Http404("block")
    return sitemap_of(request, {"articles": Articles(block)}, content_type=XML)


def _blocks() -> list[int]:
    """The blocks of keys in which there is an article."""
    blocks = Article.objects.annotate(block=F("pk") / BLOCK).order_by("block")
    return list(blocks.values_list("block", flat=True).distinct())


@in_first_language
def robots(request: HttpRequest) -> HttpResponse:
    """Crawlers read everything but the wizard's answers, the refund check's answers, searches and the desk."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /shared/",
        "Disallow: /*/wizard/*?",
        "Disallow: /*/refund/?",
    ]
    lines += ["Disallow: /*/search/", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}", ""]
    return _text("\n".join(lines))


@in_first_language
def llms(request: HttpRequest) -> HttpResponse:
    """What to read here, for agents: the first articles of each shelf as Markdown, in every language. llmstxt.org"""
    now = timezone.now()
    sheet = sheet_at(now)
    lines = [
        f"# {_('Cancelling Midjourney')}",
        "",
        f"> {_('An independent guide, not affiliated with Midjourney.')}",
        "",
    ]
    for code, name in settings.LANGUAGES:
        with override(code):
            lines += [f"## {name}", ""]
            for shelf in shelved(first_pages(code, now, sheet)):
                for page in shelf.pages:
                    address = reverse("articles:markdown", args=[page.reading.slug])
                    summary = " ".join(page.plain_summary.split())
                    lines.append(f"- [{page.title}]({request.build_absolute_uri(address)}): {summary}")
                if shelf.more:
                    address = reverse("articles:topic", args=[shelf.topic.value])
                    words = _("All on “%(topic)s”") % {"topic": shelf.topic.label}
                    lines.append(f"- [{words}]({request.build_absolute_uri(address)})")
            lines.append("")
    return _text("\n".join(lines), "text/markdown")


@in_first_language
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole (RFC 9116). It says so for the current half-year and the next."""
    contact = settings.SECURITY_CONTACT or f"mailto:security@{request.get_host().partition(':')[0]}"
    day = today(timezone.now())
    expires = day.replace(month=1 if day.month <= 6 else 7, day=1) + timedelta(days=365)
    lines = [f"Contact: {contact}", f"Expires: {expires.isoformat()}T00:00:00Z", f"Preferred-Languages: {_spoken()}"]
    return _text("\n".join([*lines, ""]))


def _spoken() -> str:
    return ", ".join(dict.fromkeys(code.partition("-")[0] for code in languages()))


def _text(text: str, kind: str = "text/plain") -> HttpResponse:
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8")
