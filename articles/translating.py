"""Translations and their originals: which version one was made from, how far behind it is, what it has lost.

The original is the text in the site's first language. docs/decisions/0008-translations.md
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from articles.markdown import heading_ids, links
from articles.models import Article, Translation
from articles.reading import Reading
from articles.texts import read_text
from helpcenter.domain.facts import fact_keys
from helpcenter.domain.findings import Finding, Refused
from helpcenter.domain.freshness import Freshness, Shown, freshness
from helpcenter.domain.review import State
from helpcenter.domain.versions import Significance
from helpcenter.facts.sheets import languages, strings
from helpcenter.publishing.models import Document, LiveChange, Revision


def original_of(document: Document) -> Translation | None:
    """The text that a translation is made from; None for an original."""
    if document.language == languages()[0]:
        return None
    return Translation.objects.filter(article__translations=document.pk, language=languages()[0]).first()


def begin_in_all_languages(article: Article) -> None:
    """An article has a text in each language; one that nobody has written yet is missing, and can be found."""
    there = set(article.translations.values_list("language", flat=True))
    for language in languages():
        if language not in there:
            Translation.objects.create(article=article, language=language)


def standings(at: datetime, articles: Iterable[int] | None = None) -> Mapping[int, Freshness]:
    """How each translation (by its key) stands to its original at that instant: of these articles, else of all.

    Four questions to the database, however many there are.
    """
    texts = Translation.objects.filter(article__binned_at=None)
    if articles is not None:
        texts = texts.filter(article__in=articles)
    rows = list(texts.values_list("pk", "article", "language"))
    revisions = Revision.objects.filter(document__in=[pk for pk, _, _ in rows])
    said = dict(revisions.live(at).values_list("document", "translated_from__number"))
    originals = {article: pk for pk, article, language in rows if language == languages()[0]}
    shown = _shown(list(originals.values()), at)
    waiting: defaultdict[int, set[int]] = defaultdict(set)
    on_their_way = revisions.filter(translated_from__isnull=False).filter(
        Q(state__in=(State.IN_REVIEW, State.APPROVED)) | Q(live_changes__at__gt=at)
    )
    for document, number in on_their_way.values_list("document", "translated_from__number"):
        assert number is not None  # see the constraint published_is_numbered
        waiting[document].add(number)
    return {
        pk: freshness(
            live=pk in said,
            translated_from=said.get(pk),
            original=shown[originals.get(article, 0)],
            waiting_from=waiting[pk],
        )
        for pk, article, language in rows
        if language != languages()[0]
    }


def is_badly_behind(reading: Reading, live_original: int | None, at: datetime) -> bool:
    """Whether readers of a translation have to be told that the original says something else by now.

    `live_original`: the pk of the revision of the original that is live. Its past is asked for only where it matters.
    """
    revision = reading.revision
    if reading.language == languages()[0] or live_original in (None, revision.translated_from_id):
        return False
    original = Translation.objects.filter(article__slug=reading.slug, language=languages()[0])
    said = revision.translated_from.number if revision.translated_from else None
    return any(
        freshness(live=True, translated_from=said, original=shown) is Freshness.BADLY_BEHIND
        for shown in _shown(original, at).values()
    )


def _shown(documents: Iterable[int] | QuerySet[Translation], at: datetime) -> Mapping[int, Shown]:
    """What readers were shown of each document by that instant. Plans do not count, called off or not."""
    changes: defaultdict[int, list[tuple[int | None, Significance]]] = defaultdict(list)
    rows = LiveChange.objects.filter(document__in=documents).up_to(at).reverse()
    for document, number, grade in rows.values_list("document", "revision__number", "revision__significance"):
        changes[document].append((number, Significance(grade or Significance.CONTENT)))
    return defaultdict(lambda: Shown.of(()), {document: Shown.of(each) for document, each in changes.items()})


def lost(revision: Revision, at: datetime) -> Iterator[Finding]:
    """Each fact, link, step and heading id of the original that a translation does not have.

    Where nobody has said which version it says, it is measured by the one that readers of the original see.
    What the translation that readers see does not have either was left out on purpose before, and is not lost now.
    """
    said = revision.translated_from
    if said is None and (original := original_of(revision.document)):
        said = original.revisions.live(at).first()
    if said is None:
        return
    live = revision.document.revisions.live(at).first()
    accepted = carried(live.translated_from.body) - carried(live.body) if live and live.translated_from else set()
    for what, target in sorted(carried(said.body) - carried(revision.body) - accepted):
        yield Finding("translation-lost", what, details={"what": what, "target": target})


def carried(body: dict[str, Any]) -> set[tuple[str, str]]:
    """What a text carries from language to language, each with its kind: facts, links, steps, heading ids."""
    try:
        text = read_text(body)
    except Refused:
        return set()
    passages = [words for _, words in text.passages()]
    return {
        *(("facts", key) for _, words in strings(body) for key in fact_keys(words)),
        *(("links", target) for words in passages for target in links(words)),
        *(("steps", step.key) for step in text.steps),
        *(("headings", key) for key in heading_ids(text.text) if key),
    }
