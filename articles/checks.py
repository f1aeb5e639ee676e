"""What stands in the way of publishing an article."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from articles.markdown import heading_ids, links, render
from articles.models import Article
from articles.texts import GLANCE, read_text
from helpcenter.domain.findings import Finding, Refused, Severity
from helpcenter.facts.sheets import check_text, languages, strings
from helpcenter.publishing.models import Document, Revision

ROOMS = ("wizard", "refund")
"""Link targets that are not articles."""


def check_article(document: Document, body: dict[str, Any], at: datetime) -> Iterator[Finding]:
    """What is wrong with an article's body: shape, facts, links, heading ids; a path article without its six facts."""
    try:
        text = read_text(body)
    except Refused as refused:
        yield from refused.findings
        return
    if Article.objects.filter(translations=document.pk).exclude(path="").exists() and not text.at_a_glance:
        yield Finding("glance-incomplete", "at_a_glance", details={"keys": ", ".join(GLANCE)})
    if not text.sources:
        yield Finding("sources-missing", "sources")
    for field, words in text.passages():
        yield from check_links(words, field)
        yield from check_emphasis(words, field)
    live = document.revisions.live(at).first()
    if live:
        kept = {step.key for step in text.steps}
        for gone in [step.key for step in read_text(live.body).steps if step.key not in kept]:
            yield Finding("step-key-gone", "steps", severity=Severity.WARNING, details={"key": gone})
    yield from _check_steps_of_the_original(document, {step.key for step in text.steps}, at)
    ids = heading_ids(text.text)
    for key in sorted({key for key in ids if key and ids.count(key) > 1}):
        yield Finding("heading-id-twice", "text", details={"id": key})
    if None in ids:
        yield Finding("heading-id-missing", "text", Severity.WARNING)
    yield from check_text(body, at)


def _check_steps_of_the_original(document: Document, keys: set[str], at: datetime) -> Iterator[Finding]:
    """The wizard walks the original's steps: a step that it does not have is never reached."""
    original, slug = languages()[0], Article.objects.values_list("slug", flat=True).get(translations=document.pk)
    steps = Article.objects.live_steps(at, original).get(slug)
    if document.language == original or steps is None:
        return
    for key in sorted(keys.difference(steps)):
        yield Finding("step-key-foreign", "steps", details={"key": key})
    for key in (key for key in steps if key not in keys):
        yield Finding("step-key-lacking", "steps", Severity.WARNING, details={"key": key})


def check_emphasis(words: str, where: str) -> Iterator[Finding]:
    """A warning where asterisks stay on the page: beside Han, `**` after a brace or bracket is plain text."""
    if "**" in render(words):
        yield Finding("emphasis-broken", where, Severity.WARNING)


def check_links(words: str, where: str) -> Iterator[Finding]:
    """A finding for each short link in a text that is neither an article's slug nor a room of the site."""
    targets = [target for target in links(words) if not re.match(r"https://|mailto:|#", target)]
    if targets:
        known = {*Article.objects.values_list("slug", flat=True), *ROOMS}
        for target in targets:
            if re.split("[?#]", target)[0] not in known:
                yield Finding("link-unknown", where, details={"target": target})


def check_retired(document: Document, at: datetime) -> Iterator[Finding]:
    """A warning for each live text whose readers would follow a link to nothing."""
    slug = Article.objects.filter(translations=document.pk).values_list("slug", flat=True).first()
    others = Revision.objects.live(at).filter(document__language__in=(document.language, "")).exclude(document=document)
    for revision in others.select_related("document__translation__article"):
        targets = {re.split("[?#]", target)[0] for _, words in strings(revision.body) for target in links(words)}
        if slug in targets:
            text = str(getattr(revision.document, "translation", revision.document))
            yield Finding("linked-from", "document", Severity.WARNING, details={"text": text})
