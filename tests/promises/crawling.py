"""The whole bundled site as a crawler meets it: every address that links, the sitemap and feeds lead to from `/`."""

import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin

from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client

from articles.models import Translation
from helpcenter.facts.models import FactSheetDocument
from tests.builders import LANGUAGES, live, the_bundled_site
from tests.pages import Page

HOST = "http://testserver"
STATIC = f"{HOST}{settings.STATIC_URL}"

BY_FORMS = (
    "/{}/articles/cancel-web/?as_of=2026-10-10",
    "/{}/search/?q=discord",
    "/{}/search/?q=netflix",
    "/{}/refund/?gpu_minutes=12&images=40&earlier=no&start=2026-10-31&interval=monthly&country=TW",
    "/{}/refund/?gpu_minutes=26&images=4&earlier=yes",
    "/{}/refund/?gpu_minutes=90&images=100",
    "/{}/refund/?gpu_minutes=x&images=&start=x",
    "/{}/wizard/store/?biller=store&start=x",
    "/{}/nowhere/",
)
"""Where no link leads, only what a reader types. The last one is not there."""


@dataclass
class Site:
    """By whole addresses: what each answered, the pages among it, where each leads and what it loads."""

    answers: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    forms: bool = True
    """Whether it answers forms."""

    def ask(self, client: Any, address: str) -> None:
        """What is at an address, and where it leads."""
        response = self.answers[address] = client.get(address.removeprefix(HOST))
        soup = BeautifulSoup()
        if kind(response) == "text/html" and response.content and "Location" not in response.headers:
            self.pages[address] = page = Page(response)
            soup = page.soup
        elif kind(response).endswith("xml"):
            soup = BeautifulSoup(response.content, "xml")
        found = [*_links(soup, forms=self.forms), *filter(None, [response.headers.get("Location")])]
        self.links[address] = [urljoin(address, link) for link in found]

    @property
    def articles(self) -> dict[str, Page]:
        """The pages that show an article, in whatever version."""
        return {address: page for address, page in self.pages.items() if page.soup.select("article.article")}


def a_site_with_a_past() -> None:
    """The bundled texts; then a correction of one article and of one fact, so that there is something to compare."""
    the_bundled_site()
    for text in Translation.objects.filter(article__slug="cancel-web"):
        body = text.revisions.get().body
        live(text, {"2026-10-20": {**body, "summary": f"{body['summary']} {{{{refund.images}}}}"}})
    sheet = FactSheetDocument.objects.get()
    facts = sheet.revisions.get().body["facts"]
    live(sheet, {"2026-10-21": {"facts": {**facts, "refund.images": {**facts["refund.images"], "value": "21"}}}})


def crawl() -> Site:
    """Ask the site for every address, those that readers type included."""
    client = Client()
    typed = [f"{HOST}{address.format(language)}" for address in BY_FORMS for language in LANGUAGES]
    helped = [client.post(f"/{each}/feedback/{each}/cancel-web/1/", {"helped": "no"}) for each in LANGUAGES]
    typed += [urljoin(HOST, response.headers["Location"]) for response in helped]
    return follow(client, typed)


def follow(client: Any, typed: Collection[str] = (), *, forms: bool = True) -> Site:
    """Ask for every address once. The wizard has one page for many addresses: one of each page is enough."""
    site, seen = Site(forms=forms), set()
    waiting = deque([f"{HOST}/", f"{HOST}/sitemap.xml", *typed])
    while waiting:
        address = waiting.popleft()
        if address in site.answers or (state(address) in seen and address not in typed):
            continue
        if address not in typed:
            seen.add(state(address))
        site.ask(client, address)
        waiting += [urldefrag(link).url for link in site.links[address] if is_made(link)]
    return site


def state(address: str) -> str:
    """What an address has in common with those that show the same page of the wizard; elsewhere the address itself."""
    return re.sub(r"(/wizard/[^?]*)\?.*", r"\1", address)


def is_made(link: str) -> bool:
    """Whether the server makes it: a page, a feed, a file of ours that is not lying there ready."""
    return link.startswith(f"{HOST}/") and not link.startswith(STATIC)


def kind(response: Any) -> str:
    """The media type without its parameters."""
    return response.headers.get("Content-Type", "").partition(";")[0]


def _links(soup: BeautifulSoup, *, forms: bool) -> Iterator[str]:
    for tag in soup.find_all(True):
        if tag.name == "loc":
            yield tag.get_text()
        if forms and tag.name == "form" and tag.get("method") != "post":
            # As it is sent with nothing typed: the place on the page where the answer would be is not there then.
            kept = urlencode([(str(each["name"]), str(each["value"])) for each in tag.select("[type=hidden]")])
            yield "?".join(filter(None, [urldefrag(str(tag["action"])).url, kept]))
        yield from (str(tag[name]) for name in ("href", "src") if tag.has_attr(name))
