"""References that lead to nothing: to an article that is not there, a part of it that is gone, a host not allowed."""

import re
from collections import defaultdict
from collections.abc import Iterator, Set
from datetime import datetime
from typing import Any

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


def dangling(at: datetime) -> Iterator[Reference]:
    """Every reference in use, drafts and plans included, whose target its readers would not find at that instant."""
    # Only the texts are read in which a part is looked for: of all others it is enough that they are there.
    references = list(Reference.objects.in_use(at).defer("revision__body"))
    parted = {PART.split(each.target)[0] for each in references if PART.search(each.target)}
    there = _there(at, parted)
    own = [each.revision_id for each in references if each.target.startswith("#")]
    bodies = dict(Revision.objects.filter(pk__in=own).values_list("pk", "body"))
    hosts = set(OutboundHost.objects.values_list("host", flat=True))
    pictures = set(Picture.objects.values_list("key", flat=True))
    facts = {fact.key for fact in sheet_at(at)}
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


def _own_parts(body: dict[str, Any]) -> set[str]:
    """The parts of the page that a revision makes; none for a flow, and for a draft that cannot be read yet."""
    try:
        return parts(read_text(body))
    except Refused:
        return set()


def _there(at: datetime, parted: Set[str]) -> set[tuple[str, str]]:
    """Every live article, these with their parts and steps, as references name them, by language."""
    found: set[tuple[str, str]] = set()
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name, slug in Article.objects.led_to(at).items():
        names[slug].append(name)
    live = Revision.objects.of_kind(Kind.ARTICLE).live(at)
    slug_and_language = ("document__translation__article__slug", "document__language")
    to_read: dict[int, tuple[str, str]] = {}
    for pk, slug, language in live.values_list("pk", *slug_and_language):
        found |= {(language, name) for name in names[slug]}
        if not parted.isdisjoint(names[slug]):
            to_read[pk] = slug, language
    for pk, body in Revision.objects.filter(pk__in=to_read).values_list("pk", "body"):
        slug, language = to_read[pk]
        try:
            text = read_text(body)
        except Refused:
            continue
        for name in names[slug]:
            found |= {(language, f"{name}#{part}") for part in parts(text)}
            found |= {(language, f"{name}/{step.key}") for step in text.steps}
    return found
