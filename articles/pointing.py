"""What a text points at: facts, articles and their parts, pages elsewhere."""

from collections.abc import Iterator
from typing import Any

from articles.addresses import ROOMS
from articles.markdown import links
from helpcenter.domain.facts import fact_keys
from helpcenter.facts.sheets import strings
from helpcenter.references.hosts import outbound_host
from helpcenter.references.indexing import Found
from helpcenter.references.models import Target


def pointed_at(body: dict[str, Any]) -> Iterator[Found]:
    """Everything that the words of a body point at. Of a link to an article, its query does not matter."""
    for where, words in strings(body):
        for key in fact_keys(words):
            yield Target.FACT, key, where
        if where.startswith("steps.") and where.endswith(".picture"):
            yield Target.PICTURE, words, where
        for link in links(words) if "[" in words or "<" in words else ():
            if outbound_host(link):
                yield Target.OUTBOUND, link, where
            elif (target := link_target(link)) and target not in ROOMS:
                yield Target.ARTICLE, target, where


def link_target(link: str) -> str:
    """The article and the part of it that a short link names, cancel-web#no-plan; empty for what is no short link.

    A link within its own page names only the part: #no-plan.
    """
    if link.startswith("mailto:") or outbound_host(link):
        return ""
    page, hash_, part = link.partition("#")
    return page.partition("?")[0] + hash_ + part
