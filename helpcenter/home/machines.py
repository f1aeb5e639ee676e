"""What machines look for at fixed addresses: which pages there are, what to read, whom to tell of a hole."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from articles.addresses import html_lang
from articles.models import Article
from articles.page import ArticlePage
from articles.reading import Reading
from helpcenter.facts.sheets import languages, sheet_at
from helpcenter.publishing.models import Kind, Revision
from helpcenter.publishing.moments import today

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
    """Every article in each language in which readers see it, with the day since when they see it like this."""

    def __init__(self) -> None:
        live = Revision.objects.of_kind(Kind.ARTICLE).live(timezone.now())
        readings = [Reading.of(each) for each in live.select_related("document__translation__article")]
        self.since = {(each.slug, each.language): each.live_since for each in readings if each.live_since}

    def items(self) -> list[str]:
        """Their slugs."""
        return sorted({slug for slug, _language in self.since})

    def get_languages_for_item(self, item: str) -> list[str]:
        """Where readers see it; elsewhere its address shows another language's words."""
        return [language for language in languages() if (item, language) in self.since]

    def location(self, item: str) -> str:
        """In the language that is active."""
        return reverse("articles:article", args=[item])

    def lastmod(self, item: str) -> datetime:
        """Since when its readers see these words."""
        return self.since[item, get_language() or ""]


SITEMAPS = {"pages": Pages, "articles": Articles}


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


def llms(request: HttpRequest) -> HttpResponse:
    """What to read here, for agents: every article as Markdown, in every language. llmstxt.org"""
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
            for reading in Article.objects.all_live(code, now):
                page, address = ArticlePage(reading, sheet), reverse("articles:markdown", args=[reading.slug])
                summary = " ".join(page.plain_summary.split())
                lines.append(f"- [{page.title}]({request.build_absolute_uri(address)}): {summary}")
            lines.append("")
    return _text("\n".join(lines), "text/markdown")


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
