"""References that lead to nothing: to an article that is not there, a part of it that is gone, a host not allowed."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import Http404

from articles.checks import parts
from articles.models import Article, Picture
from articles.texts import read_text
from helpcenter.domain.findings import Refused
from helpcenter.facts.sheets import languages, sheet_at
from helpcenter.publishing.models import Kind, LiveChange, Revision
from helpcenter.references.hosts import outbound_host
from helpcenter.references.models import OutboundHost, Reference, Target

PART = re.compile("[#/]")
"""What stands before a part of a page or a step."""


def dangling_from(now: datetime) -> Iterator[tuple[Reference, datetime]]:
    """Every reference that leads to nothing now or after a planned change, with the first instant at which it does."""
    known: set[int] = set()
    for at in [now, *LiveChange.objects.filter(at__gt=now).order_by("at").values_list("at", flat=True).distinct()]:
        for reference in dangling(at):
            if reference.pk not in known:
                known.add(reference.pk)
                yield reference, at


def dangling(at: datetime, documents: Collection[int] | None = None) -> Iterator[Reference]:
    """Every reference in use, drafts and plans included, whose target its readers would not find at that instant.

    Of all documents, or of these.
    """
    # Only the texts are read in which a part is looked for: of all others it is enough that they are there.
    in_use = Reference.objects.in_use(at).defer("revision__body")
    references = list(in_use if documents is None else in_use.filter(revision__in=_that_count(at, documents)))
    pages = {PART.split(each.target)[0] for each in references if each.kind in (Target.ARTICLE, Target.STEP)}
    parted = {PART.split(each.target)[0] for each in references if PART.search(each.target)}
    there = {
        (text.language, name)
        for text in places(at, None if documents is None else pages, parted)
        for name in text.names()
    }
    own = [each.revision_id for each in references if each.target.startswith("#")]
    bodies = dict(Revision.objects.filter(pk__in=own).values_list("pk", "body"))
    hosts = set(OutboundHost.objects.values_list("host", flat=True))
    pictures = set(Picture.objects.values_list("key", flat=True))
    facts = known_facts(at)
    for reference in references:
        spoken = [reference.revision.document.language] if reference.revision.document.language else languages()
        match reference.kind:
            case Target.FACT:
                found = reference.target in facts
            case Target.PICTURE:
                found = reference.target in pictures
            case Target.OUTBOUND:
                found = outbound_host(reference.target) in hosts
            case Target.ARTICLE if reference.target.startswith("#"):
                found = reference.target[1:] in _own_parts(bodies[reference.revision_id])
            case _:
                found = all((language, reference.target) in there for language in spoken)
        if not found:
            yield reference


def _that_count(at: datetime, documents: Collection[int]) -> set[int]:
    """The revisions of these documents that readers see or will see, or that are written."""
    changes = LiveChange.objects.filter(document__in=documents, revision__isnull=False)
    return {
        *Revision.objects.live(at).filter(document__in=documents).values_list("pk", flat=True),
        *changes.filter(at__gt=at).values_list("revision", flat=True),
        *Revision.objects.open().filter(document__in=documents).values_list("pk", flat=True),
    }


def known_facts(at: datetime) -> set[str]:
    """The keys of the facts that texts can insert at that instant; none before the first sheet."""
    try:
        return {fact.key for fact in sheet_at(at)}
    except Http404:
        return set()


def _own_parts(body: dict[str, Any]) -> set[str]:
    """The parts of the page that a revision makes; none for a flow, and for a draft that cannot be read yet."""
    try:
        return parts(read_text(body))
    except Refused:
        return set()


@dataclass(slots=True)
class Place:
    """A live text as references name it: by its slugs, its parts (#id) and steps (/key) after any of them."""

    document: int
    language: str
    slugs: list[str]
    parts: list[str] = field(default_factory=list)

    def names(self) -> set[str]:
        """All that leads to it or into it."""
        return {slug + part for slug in self.slugs for part in ["", *self.parts]}


def places(at: datetime, names: Collection[str] | None = None, parted: Set[str] | None = None) -> Iterable[Place]:
    """Every live text that is found under one of these slugs, or under any; the parts of all, or of those `parted`."""
    slugs: defaultdict[str, list[str]] = defaultdict(list)
    for name, slug in Article.objects.led_to(at, names).items():
        slugs[slug].append(name)
    live = Revision.objects.of_kind(Kind.ARTICLE).live(at)
    if names is not None:
        live = live.filter(document__translation__article__slug__in=slugs)
    found = {
        pk: Place(document, language, slugs[slug])
        for pk, document, slug, language in live.values_list(
            "pk", "document", "document__translation__article__slug", "document__language"
        )
        if slug in slugs
    }
    to_read = [pk for pk, each in found.items() if parted is None or not parted.isdisjoint(each.slugs)]
    for pk, body in Revision.objects.filter(pk__in=to_read).values_list("pk", "body"):
        try:
            text = read_text(body)
        except Refused:
            continue
        found[pk].parts = sorted([*(f"#{part}" for part in parts(text)), *(f"/{step.key}" for step in text.steps)])
    return found.values()
