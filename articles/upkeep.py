"""What the desk's lists say of every text, kept beside it: by when it is to be checked, how it stands to its original,
which of its links lead nowhere. So a list asks an index and reads its page, however many texts there are.

It is never out of date. Triggers note each document of which something is written, in the same transaction; who asks
for a list first looks at those again, and at those whose plan has come since somebody last asked. What is kept is what
`checked`, `standings` and `dangling` say of these documents. docs/decisions/0020-upkeep.md
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import batched

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from tqdm import tqdm

from articles.dangling import Place, dangling, known_facts, places
from articles.models import Article, FormerSlug, Looked, Picture, Touched, Translation, Upkeep
from articles.translating import standings
from articles.verifying import checked
from helpcenter.domain.freshness import Freshness
from helpcenter.facts.sheets import languages
from helpcenter.publishing.models import Document, LiveChange
from helpcenter.references.hosts import outbound_host
from helpcenter.references.models import OutboundHost, Reference, Target

TOGETHER = 200
"""How many articles are looked at together."""

type Names = set[tuple[str, str]]
"""What a reference can name, each with the kind of target."""


def catch_up(now: datetime, *, quiet: bool = True) -> None:
    """Look again at every text of which something has changed since it was last looked at."""
    last = Looked.objects.first()
    if last and not Touched.objects.exists() and not _come(last.at, now).exists():
        return
    with transaction.atomic():
        last, is_first = Looked.objects.select_for_update().get_or_create(pk=1, defaults={"at": now})
        touched = _take_touched() | {*_come(last.at, now).values_list("document", flat=True)}
        if is_first:
            touched = {None, *Document.objects.values_list("pk", flat=True)}
        articles, others = _sorted_out(each for each in touched if each is not None)
        changed: Names = set()
        if None in touched or others:  # a new sheet has other facts
            shared = _shared(now)
            changed = shared ^ {(kind, target) for kind, target in last.shared}
            last.shared = sorted(shared)
        documents = others
        for some in tqdm([*batched(sorted(articles), TOGETHER)], desc="looking", disable=quiet):
            texts, names = _look(some, now)
            documents |= texts
            changed |= names
        if not is_first:  # then all are looked at already
            documents |= _pointing_at(changed)
        for more in tqdm([*batched(sorted(documents), TOGETHER)], desc="links", disable=quiet):
            _mark(more, now)
        last.at = now
        last.save()


def standing(how: Freshness) -> Q:
    """The translations that stand so to their original, once all is caught up with."""
    if how is Freshness.CURRENT:
        return Q(upkeep__stands="") & ~Q(language=languages()[0])
    return Q(upkeep__stands__gt="", upkeep__stands=how)  # the first is by what an index knows them


def look_at_everything(now: datetime, *, quiet: bool = True) -> None:
    """Find all of it anew, at once: quicker than one by one after very much was written."""
    with transaction.atomic():
        Looked.objects.all().delete()
        catch_up(now, quiet=quiet)


def _come(last: datetime, now: datetime) -> QuerySet[LiveChange]:
    """The plans that have come since then; where the clock was set back, those that are to come again."""
    return LiveChange.objects.filter(at__gt=min(last, now), at__lte=max(last, now))


def _take_touched() -> set[int | None]:
    """What triggers have noted, taken off the list in the same statement: what is noted meanwhile stays for later."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Touched._meta.db_table} RETURNING document")  # noqa: S608
        return {document for (document,) in cursor.fetchall()}


def _sorted_out(documents: Iterable[int]) -> tuple[set[int], set[int]]:
    """The articles of these documents, with those that once had a slug of theirs; and what is no text."""
    articles: set[int] = set()
    others: set[int] = set()
    for some in batched(sorted(documents), TOGETHER):
        of = dict(Translation.objects.filter(pk__in=some).values_list("pk", "article"))
        others |= {*some} - {*of}
        slugs = _slugs(of.values())
        articles |= {
            *of.values(),
            *Article.objects.filter(slug__in=slugs).values_list("pk", flat=True),
            *FormerSlug.objects.filter(slug__in=slugs).values_list("article", flat=True),
        }
    return articles, others


def _slugs(articles: Collection[int]) -> set[str]:
    return {
        *Article.objects.filter(pk__in=articles).values_list("slug", flat=True),
        *FormerSlug.objects.filter(article__in=articles).values_list("slug", flat=True),
    }


def _shared(now: datetime) -> Names:
    """What any text can point at."""
    return {
        *((str(Target.FACT), key) for key in known_facts(now)),
        *((str(Target.PICTURE), key) for key in Picture.objects.values_list("key", flat=True)),
        *((str(Target.OUTBOUND), host) for host in OutboundHost.objects.values_list("host", flat=True)),
    }


def _look(articles: Collection[int], now: datetime) -> tuple[set[int], Names]:
    """Keep how the texts of these articles stand. Their keys, and the names under which something came or went."""
    texts = set(Translation.objects.filter(article__in=articles).values_list("pk", flat=True))
    stands, looked = standings(now, articles), checked(now, texts)
    there = {each.document: each for each in places(now, _slugs(articles))}
    before = Upkeep.objects.in_bulk(texts)
    changed: set[str] = set()
    rows = []
    for pk in sorted(texts):
        place = there.get(pk) or Place(pk, "", [])
        row = Upkeep(translation_id=pk, slugs=place.slugs, parts=place.parts)
        if stands.get(pk, Freshness.CURRENT) is not Freshness.CURRENT:
            row.stands = stands[pk]
        row.due = looked[pk].due if pk in looked else None
        rows.append(row)
        if old := before.get(pk):
            changed |= place.names() ^ Place(pk, "", old.slugs, old.parts).names()
        else:
            changed |= place.names()
    Upkeep.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["translation"],
        update_fields=["due", "stands", "slugs", "parts"],
    )
    return texts, {(kind, name) for name in changed for kind in (str(Target.ARTICLE), str(Target.STEP))}


def _pointing_at(names: Names) -> set[int]:
    """The documents of which some version points at one of these names."""
    found: set[int] = set()
    for kind in sorted({kind for kind, _ in names}):
        targets = {target for each, target in names if each == kind}
        references = Reference.objects.filter(kind=kind)
        if kind == Target.OUTBOUND:  # no index knows the host of an address; it is seldom that one comes or goes
            addresses = references.targets(Target.OUTBOUND)
            targets = {address for address in addresses if outbound_host(address) in targets}
        for some in batched(sorted(targets), TOGETHER):
            found |= {*references.filter(target__in=some).values_list("revision__document", flat=True).distinct()}
    return found


def _mark(documents: Collection[int], now: datetime) -> None:
    """Mark which references of these documents lead nowhere."""
    nowhere = {each.pk for each in dangling(now, documents)}
    marked = Reference.objects.filter(revision__document__in=documents, leads_nowhere=True)
    marked.exclude(pk__in=nowhere).update(leads_nowhere=False)
    Reference.objects.filter(pk__in=nowhere).update(leads_nowhere=True)
