"""A site of any size, to see what grows with it: articles in every language, their versions, references and index.

Written in bulk as the verbs and the index would write it, and by nobody, as bundled content is.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from django.db import connection, transaction
from tqdm import tqdm

from articles.markdown import plain
from articles.models import Article, Topic, Translation
from helpcenter.delivery.inventing import REAL, Length, Mentioned, Text, Words, known_words, vocabularies
from helpcenter.domain.facts import FactKind, FactSheet
from helpcenter.domain.review import State
from helpcenter.publishing.models import Document, Kind, LiveChange, Revision
from helpcenter.references.models import Reference, Target
from helpcenter.search.engines import merge
from helpcenter.search.indexing import count_words, distinct, learn_spellings
from helpcenter.search.models import Entry
from helpcenter.search.words import stem, words

TOGETHER = 100
"""How many articles are written at once, in all their languages and versions."""

EVERY = timedelta(days=1)
"""A text has a new version after so long, or sooner where there is too little time for all of them."""


INSERTED = (FactKind.NUMBER, FactKind.MONEY, FactKind.LABEL)
"""The facts that a sentence can end with."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be generated: so many articles, so many versions of each text. The same seed makes the same site."""

    articles: int
    versions: int
    seed: int = 1
    length: Length = REAL


def generate(
    wanted: Wanted,
    *,
    since: datetime,
    now: datetime,
    sheet: FactSheet | None = None,
    indexed: bool = True,
    quiet: bool = True,
) -> None:
    """Write it all, live from `since` on. Where there is a sheet, texts insert its facts."""
    vocabulary, slugs, topics = vocabularies(wanted.seed), list(_slugs(wanted)), list(Topic)
    every = min(EVERY, (now - since) / (wanted.versions + 1))
    counts: dict[str, Counter[str]] = {language: Counter() for language in vocabulary}
    with (
        transaction.atomic(),
        tqdm(total=len(slugs) * len(vocabulary), desc="generating", unit=" texts", disable=quiet) as bar,
    ):
        for numbers in batched(range(len(slugs)), TOGETHER):
            articles = Article.objects.bulk_create(
                Article(slug=slugs[number], topic=topics[number % len(topics)]) for number in numbers
            )
            originals: list[list[Revision]] = []
            for language, known in vocabulary.items():
                mentioned = [[_link(known, slugs[number // 2]), *_fact(language, sheet, number)] for number in numbers]
                texts = [Text.drawn(known, wanted.length, each) for each in mentioned]
                batch = Batch(language, known, articles, texts, since, every)
                batch.write(wanted.versions, originals)
                originals = originals or batch.written
                if indexed:
                    counts[language].update(batch.index())
                bar.update(len(articles))
        for language, count in counts.items():
            count_words(language, count)
            said = (each for each in vocabulary[language].words if count[stem(each)])
            learn_spellings(language, [word for each in said for word in words(each)])


def settle() -> None:
    """Let the database know how much there is by now: it plans by that. Not within a transaction."""
    merge()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class Batch:
    """Some articles in one language with all their versions."""

    def __init__(
        self,
        language: str,
        known: Words,
        articles: Sequence[Article],
        texts: list[Text],
        since: datetime,
        every: timedelta,
    ) -> None:
        self.language, self.known, self.articles, self.texts = language, known, articles, texts
        self.since, self.every = since, every
        self.written: list[list[Revision]] = []
        self.titles = [{text.title.text: text.title.found} for text in texts]

    def write(self, versions: int, originals: Sequence[Sequence[Revision]]) -> None:
        """Write the versions of each text; a translation says the same version of its original."""
        documents = self._documents()
        for version in range(versions):
            if version:
                self.texts = [text.edited(self.known) for text in self.texts]
            revisions = [
                Revision(
                    document_id=document,
                    number=version + 1,
                    base=self.written[-1][place] if version else None,
                    translated_from=originals[version][place] if originals else None,
                    body=text.body(checked_on=self.since.date().isoformat()),
                    state=State.PUBLISHED,
                    note=self.known.say(4).text,
                    written_at=self.since + self.every * (version + place / TOGETHER),
                )
                for place, (document, text) in enumerate(zip(documents, self.texts, strict=True))
            ]
            self.written.append(Revision.objects.bulk_create(revisions))
            LiveChange.objects.bulk_create(
                LiveChange(document_id=each.document_id, revision=each, at=each.written_at, recorded_at=each.written_at)
                for each in revisions
            )
            Reference.objects.bulk_create(
                Reference(revision=each, kind=said.kind, target=said.target, where="text")
                for each, text in zip(revisions, self.texts, strict=True)
                for said in text.mentioned
            )
            for titles, text in zip(self.titles, self.texts, strict=True):
                titles[text.title.text] = text.title.found

    def index(self) -> Counter[str]:
        """Write what can be found of the newest versions. In how many of them each word is."""
        entries = []
        for revision, article, text, titles in zip(
            self.written[-1], self.articles, self.texts, self.titles, strict=True
        ):
            earlier = [titles[title] for title in sorted(titles) if title != text.title.text]
            slug = " ".join(word.text for word in words(article.slug.replace("-", " ")))
            former = "\n".join([*earlier, slug])
            entries.append(Entry(revision=revision, language=self.language, former=former, **text.found()))
        Entry.objects.bulk_create(entries)
        return Counter(word for entry in entries for word in distinct(entry))

    def _documents(self) -> list[int]:
        documents = Document.objects.bulk_create(
            Document(kind=Kind.ARTICLE, language=self.language) for _ in self.articles
        )
        rows = [(document.pk, article.pk) for document, article in zip(documents, self.articles, strict=True)]
        with connection.cursor() as cursor:  # Django writes no rows of a table that extends another in bulk
            cursor.executemany(
                f"INSERT INTO {Translation._meta.db_table} (document_ptr_id, article_id) VALUES (%s, %s)",  # noqa: S608
                rows,
            )
        return [document.pk for document in documents]


def _slugs(wanted: Wanted) -> Iterator[str]:
    chance = random.Random(wanted.seed)  # noqa: S311 (no secret)
    known = Words(chance, known_words(is_han=False), is_han=False)
    for number in range(wanted.articles):
        yield "-".join([*known.some(2), str(number)])


def _link(known: Words, slug: str) -> Mentioned:
    said = known.say(3, stop=False)
    return Mentioned(f"[{said.text}]({slug})", said.found, Target.ARTICLE, slug)


def _fact(language: str, sheet: FactSheet | None, number: int) -> Iterator[Mentioned]:
    facts = [fact for fact in sheet or () if fact.kind in INSERTED]
    if facts:
        fact = facts[number % len(facts)]
        found = " ".join(word.text for word in words(plain(fact, language)))
        yield Mentioned(f"{{{{{fact.key}}}}}", found, Target.FACT, fact.key)
