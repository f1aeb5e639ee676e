"""What browsers say that they have refused by the policy on content: a line in the log, and nothing of who said it.

Anybody may send anything here, so nothing is stored, little is read, and no word of a report gets into the log but
what we know ourselves: the directive, what kind of thing was refused, the kind of page.
"""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import get_language_from_path, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

log = structlog.get_logger(__name__)

MOST_BYTES = 16 * 1024
MOST_IN_ONE = 10
"""Browsers collect a few before they send them."""
MOST_IN_AN_HOUR = 50
"""Different ones that a process logs; the same one is logged once."""

KINDS = ("application/csp-report", "application/reports+json")
DIRECTIVES = frozenset(
    [
        "default-src",
        "script-src",
        "script-src-elem",
        "script-src-attr",
        "style-src",
        "style-src-elem",
        "style-src-attr",
        "img-src",
        "connect-src",
        "font-src",
        "frame-src",
        "manifest-src",
        "media-src",
        "object-src",
        "worker-src",
        "base-uri",
        "form-action",
        "frame-ancestors",
        "require-trusted-types-for",
        "trusted-types",
    ]
)
WORDS = frozenset(("inline", "eval", "wasm-eval", "data", "blob", "trusted-types-policy", "trusted-types-sink"))
"""What browsers say where it is no address that they refused."""

type Refusal = tuple[str, str, str]


class Told:
    """What this process has logged in the current hour. Two threads may log the same line twice; no matter."""

    hour = 0
    refusals: frozenset[Refusal] = frozenset()

    def is_new(self, refusal: Refusal, hour: int) -> bool:
        """Whether to log it; from then on it is known."""
        if self.hour != hour:
            self.hour, self.refusals = hour, frozenset()
        if refusal in self.refusals or len(self.refusals) >= MOST_IN_AN_HOUR:
            return False
        self.refusals |= {refusal}
        return True


told = Told()


@csrf_exempt  # browsers send it by themselves
@require_POST
def reports(request: HttpRequest) -> HttpResponse:
    """Log what a browser refused. It is told nothing, whatever it sent."""
    if request.content_type in KINDS and _length(request) <= MOST_BYTES:
        hour = int(timezone.now().timestamp()) // 3600
        for refusal in _refusals(request.read(), request.get_host()):
            if told.is_new(refusal, hour):
                directive, what, page = refusal
                log.warning("a browser refused", by=directive, what=what, page=page)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdecimal() and len(said) < 10 else MOST_BYTES + 1


def _refusals(body: bytes, host: str) -> Iterator[Refusal]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return
    several = sent[:MOST_IN_ONE] if isinstance(sent, list) else [sent]
    for each in several:
        said = each.get("csp-report", each.get("body")) if isinstance(each, dict) else None
        if isinstance(said, dict):
            yield (
                _directive(said),
                _what(_word(said, "blocked-uri", "blockedURL"), host),
                _kind_of_page(_word(said, "document-uri", "documentURL"), host),
            )


def _word(said: dict[str, Any], *names: str) -> str:
    """What is said under the first of these names; each of the two formats has its own."""
    return next((said[name] for name in names if isinstance(said.get(name), str)), "")


def _directive(said: dict[str, Any]) -> str:
    word = _word(said, "effective-directive", "effectiveDirective", "violated-directive").partition(" ")[0]
    return word if word in DIRECTIVES else "another directive"


def _what(address: str, host: str) -> str:
    if address in WORDS:
        return address
    return "something of ours" if _path(address, host) else "something from elsewhere"


def _kind_of_page(address: str, host: str) -> str:
    """The name of its view: an address may have a reader's answers in it."""
    path = _path(address, host)
    try:
        with override(get_language_from_path(path)):
            return resolve(path).view_name
    except Resolver404:
        return "no kind"


def _path(address: str, host: str) -> str:
    """The path of an address of this site, else nothing."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts.path if parts.netloc == host else ""
