"""What stands in the way of publishing an article."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from articles.addresses import ROOMS
from articles.markdown import heading_ids, links, render
from articles.models import Article, Picture, Translation
from articles.pointing import link_target, pointed_at
from articles.redirects import led_by
from articles.texts import GLANCE, ArticleText, read_text
from helpcenter.domain.findings import Finding, Refused, Severity
from helpcenter.facts.sheets import check_text, languages
from helpcenter.publishing.models import Document, LiveChange, Revision
from helpcenter.references.hosts import check_hosts
from helpcenter.references.models import Reference, Target


def check_article(document: Document, body: dict[str, Any], at: datetime) -> Iterator[Finding]:
    """What is wrong with an article's body: shape, facts, links, heading ids; a path article without its six facts."""
    try:
        text = read_text(body)
    except Refused as refused:
        yield from refused.findings
        return
    article = Article.objects.get(translations=document.pk)
    if article.binned_at:
        yield Finding("bin-it-is-in", "")
    if article.path and not text.at_a_glance:
        yield Finding("glance-incomplete", "at_a_glance", details={"keys": ", ".join(GLANCE)})
    if text.checked_on > timezone.localdate(at):
        details = {"day": text.checked_on.isoformat()}
        yield Finding("fact-checked-later", "checked_on", Severity.WARNING, details=details)
    if not text.sources:
        yield Finding("sources-missing", "sources")
    yield from check_links(text.passages())
    for field, words in text.passages():
        yield from check_emphasis(words, field)
    live = document.revisions.live(at).first()
    if live:
        before = read_text(live.body)
        kept = {step.key for step in text.steps}
        steps_gone = [step.key for step in before.steps if step.key not in kept]
        for gone in steps_gone:
            yield Finding("step-key-gone", "steps", severity=Severity.WARNING, details={"key": gone})
        yield from check_parts_linked(document, parts(before) - parts(text), steps_gone, at)
    yield from _check_targets(document, text, body, at)
    yield from _check_pictures(text)
    yield from _check_steps_of_the_original(document, {step.key for step in text.steps}, at)
    ids = heading_ids(text.text)
    for key in sorted({key for key in ids if key and ids.count(key) > 1}):
        yield Finding("heading-id-twice", "text", details={"id": key})
    if None in ids:
        yield Finding("heading-id-missing", "text", Severity.WARNING)
    yield from check_text(body, at)


def _check_targets(document: Document, text: ArticleText, body: dict[str, Any], at: datetime) -> Iterator[Finding]:
    """What readers of a link would not find: a part of a page, a text that is down or soon will be."""
    wanted = [
        (where, *target.partition("#")[::2]) for kind, target, where in pointed_at(body) if kind is Target.ARTICLE
    ]
    own = parts(text)
    for where, slug, part in wanted:
        if not slug and part not in own:
            yield Finding("link-part-unknown", where, details={"target": f"#{part}"})
    led = Article.objects.led_to(at, {slug for _, slug, _ in wanted})
    pks = dict(Article.objects.filter(slug__in=set(led.values())).values_list("slug", "pk"))
    keys = {name: pks[slug] for name, slug in led.items()}
    texts = Translation.objects.filter(article__in={keys[slug] for _, slug, _ in wanted if slug in keys})
    live = {
        (revision.document.translation.article_id, revision.document.language): revision
        for revision in Revision.objects.live(at).filter(document__in=texts).select_related("document__translation")
    }
    readable = {article for article, _language in live}
    down = LiveChange.objects.filter(document__in=texts, revision=None, at__gt=at, document__language=document.language)
    days = dict(down.order_by("-at").values_list("document__translation__article", "at"))
    for where, slug, part in wanted:
        if slug not in keys:
            continue  # check_links tells
        target = f"{slug}#{part}" if part else slug
        there = live.get((keys[slug], document.language))
        if there is None and keys[slug] not in readable:
            yield Finding("link-not-live", where, Severity.WARNING, details={"target": target})
        elif part and there and part not in parts(read_text(there.body)):
            yield Finding("link-part-unknown", where, Severity.WARNING, details={"target": target})
        if keys[slug] in days:
            day = timezone.localtime(days[keys[slug]]).date().isoformat()
            yield Finding("link-ends", where, Severity.WARNING, details={"target": target, "day": day})


def _check_pictures(text: ArticleText) -> Iterator[Finding]:
    wanted = {step.picture: step.key for step in text.steps if step.picture}
    known = set(Picture.objects.filter(key__in=wanted).values_list("key", flat=True)) if wanted else set()
    for key in sorted(wanted.keys() - known):
        yield Finding("picture-unknown", f"steps.{wanted[key]}.picture", details={"key": key})


def parts(text: ArticleText) -> set[str]:
    """The ids on an article's page that a link can lead to."""
    headings = {key for key in heading_ids(text.text) if key}
    steps = {"steps", *(f"step-{step.key}" for step in text.steps)} if text.steps else set()
    return {"in-short", "sources"} | headings | steps


def _check_steps_of_the_original(document: Document, keys: set[str], at: datetime) -> Iterator[Finding]:
    """The wizard walks the original's steps: a step that it does not have is never reached."""
    original = languages()[0]
    if document.language == original:
        return
    slug = Article.objects.values_list("slug", flat=True).get(translations=document.pk)
    steps = Article.objects.live_steps(at, original, [slug]).get(slug)
    if steps is None:
        return
    for key in sorted(keys.difference(steps)):
        yield Finding("step-key-foreign", "steps", details={"key": key})
    for key in (key for key in steps if key not in keys):
        yield Finding("step-key-lacking", "steps", Severity.WARNING, details={"key": key})


def check_emphasis(words: str, where: str) -> Iterator[Finding]:
    """A warning where asterisks stay on the page: beside Han, `**` after a brace or bracket is plain text."""
    if "**" in render(words):
        yield Finding("emphasis-broken", where, Severity.WARNING)


def check_links(passages: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """A finding for each link in texts, by their places, that leads to no article or room, or to a host not allowed."""
    found = [(where, link) for where, words in passages for link in links(words)]
    yield from check_hosts(found)
    if targets := [(where, target) for where, link in found if (target := link_target(link))]:
        known = {*Article.objects.led_to(timezone.now(), {target.partition("#")[0] for _, target in targets}), *ROOMS}
        for where, target in targets:
            page, part = target.partition("#")[::2]
            if (page and page not in known) or (page in ROOMS and part):
                yield Finding("link-unknown", where, details={"target": target})


def check_retired(document: Document, at: datetime) -> Iterator[Finding]:
    """A warning for each text in use in the same language whose readers would follow a link to nothing."""
    article = Article.objects.get(translations=document.pk)
    uses = Reference.objects.in_use(at).to_article(article.slugs_at(at)).outside(document)
    languages = (document.language, "")
    texts = [use.text for use in uses.filter(revision__document__language__in=languages)]
    for text in dict.fromkeys([*texts, *led_by(article, document.language, at)]):
        yield Finding("linked-from", "", Severity.WARNING, details={"text": text})


def check_parts_linked(document: Document, gone: set[str], steps: Iterable[str], at: datetime) -> Iterator[Finding]:
    """A warning for each text in use that links to a part of the article, or flow that walks a step, that is gone."""
    slugs = Article.objects.get(translations=document.pk).slugs_at(at)
    targets = [f"{slug}#{part}" for slug in slugs for part in gone]
    walked = [f"{slug}/{step}" for slug in slugs for step in steps]
    in_use = Reference.objects.in_use(at).outside(document)
    uses = in_use.to(Target.ARTICLE, *targets) | in_use.to(Target.STEP, *walked)
    for use in uses.filter(revision__document__language__in=(document.language, "")):
        details = {"part": re.split("[#/]", use.target)[1], "text": use.text}
        yield Finding("part-linked", "text", Severity.WARNING, details=details)
