"""What a CDN in front is told: for how long it may keep a page, and the keys by which it forgets it again.

Off unless the setting CDN names one: then headers are those that browsers need. docs/decisions/0026-purging.md
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from helpcenter.publishing.moments import TRUE_UNTIL, GetResponse

EVERYTHING, SITE = "all", "site"
"""The keys of every page, and of each that does not stand under one article. Every purge has one of them."""
FRESH = 3600
"""Seconds after which a CDN asks whether a page is still the same, in case it has missed a purge."""
NOT_KEPT = "no-store, max-age=0"
TIMEOUT = 10


def of_article(slug: str) -> str:
    """The key of all pages that stand under one article, in every language."""
    return f"article-{slug}"


def keys_of(asked: ResolverMatch) -> tuple[str, str]:
    """The keys of a page, read off its address."""
    slug = asked.kwargs.get("slug") if asked.app_name == "articles" else None
    return EVERYTHING, of_article(slug) if slug else SITE


@dataclass(frozen=True, slots=True)
class Cdn:
    """A way to speak to CDNs: the two headers of an answer, and how a purge is said."""

    keys: str
    between: str
    lifetime: str
    purge: Callable[[Collection[str], str], tuple[dict[str, str], bytes]]

    def lifetime_until(self, ends: float, now: float) -> tuple[str, str]:
        """The header for how long it may keep what is true until then (0: not to be kept).

        What is older than `FRESH` is shown while it asks for another, and while nobody answers: never beyond the end.
        """
        left = int(ends - now)
        if left <= 0:
            return self.lifetime, NOT_KEPT
        fresh = min(left, FRESH)
        return self.lifetime, f"max-age={fresh}, stale-while-revalidate={left - fresh}, stale-if-error={left - fresh}"

    def send(self, keys: Collection[str]) -> None:
        """Have it forget all pages with any of these keys. Raises OSError if it has not said yes."""
        headers, body = self.purge(keys, settings.CDN_TOKEN)
        request = Request(settings.CDN_PURGE, body, headers, method="POST")  # noqa: S310 (the operator's address)
        with _straight.open(request, timeout=TIMEOUT) as answer:
            answer.read()


class _NotElsewhere(HTTPRedirectHandler):
    """A purge that is sent on arrives as a GET, which purges nothing and answers 200."""

    def redirect_request(self, *about: Any) -> None:
        return None


_straight = build_opener(_NotElsewhere)


def _by_header(keys: Collection[str], token: str) -> tuple[dict[str, str], bytes]:
    return {"Surrogate-Key": " ".join(sorted(keys)), "Fastly-Key": token}, b""


def _by_json(keys: Collection[str], token: str) -> tuple[dict[str, str], bytes]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return headers, json.dumps({"tags": sorted(keys)}).encode()


CDNS = {
    "fastly": Cdn("Surrogate-Key", " ", "Surrogate-Control", _by_header),
    "cloudflare": Cdn("Cache-Tag", ",", "Cloudflare-CDN-Cache-Control", _by_json),
}


def keyed(get_response: GetResponse) -> GetResponse:
    """Middleware: by what a page is forgotten. Whoever passes the front layer by is not to be kept by a CDN."""
    if not settings.CDN:
        raise MiddlewareNotUsed
    cdn = CDNS[settings.CDN]

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response[cdn.lifetime] = NOT_KEPT
        kept = TRUE_UNTIL in request.META or "immutable" in response.get("Cache-Control", "")  # a page, or a picture
        if kept and request.resolver_match:
            response[cdn.keys] = cdn.between.join(keys_of(request.resolver_match))
        return response

    return middleware
