"""Generated articles, live since yesterday: words drawn as real ones are, few common, many rare."""

import random
from collections import Counter
from datetime import timedelta
from itertools import accumulate, pairwise

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from articles.models import Article, Translation
from helpcenter.facts.sheets import languages
from helpcenter.publishing.models import Document, LiveChange, Revision
from helpcenter.search.indexing import _distinct, _learn_spellings
from helpcenter.search.models import Entry, Term
from helpcenter.search.words import asked, fold, stem, words
from tests.search.bench.models import Text

SIGNS, VOCABULARY = 1000, 30_000
LENGTHS = {"title": 4, "asked": 8, "steps": 30, "trouble": 20, "body": 120}
BATCH = 1000


class Words:
    """Draws words as a language has them: the n-th commonest 1/n times as often as the commonest."""

    def __init__(self, chance, words):
        self.chance, self.words = chance, words
        self.weights = list(accumulate(1 / (place + 3) for place in range(len(words))))

    def some(self, count):
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)

    def one(self):
        return self.some(1)[0]


def vocabularies(chance) -> dict[str, Words]:
    """The words of each language, always the same: two characters or some letters; none that only makes a question."""
    fixed = random.Random(1)
    signs = (chr(code) for code in range(0x4E00, 0x4E00 + 6000))
    han = [sign for sign in signs if fold(sign) == sign and tells(sign * 2)]
    pairs = ("".join(fixed.choices(han[:SIGNS], k=2)) for _ in range(VOCABULARY))
    latin = ("".join(fixed.choices("etaoinshrdlucmfw", k=fixed.randint(3, 9))) for _ in range(VOCABULARY))
    kinds = {False: list(dict.fromkeys(filter(tells, pairs))), True: list(dict.fromkeys(filter(tells, latin)))}
    return {code: Words(chance, kinds[code == "en"]) for code in languages()}


def tells(word) -> bool:
    """Whether a question asks for it when it says something else, too."""
    return len(asked(f"{word} 退款")) > 1


def cut(said, language) -> str:
    """What `words` makes of these words one after the other, without looking at each character."""
    if language == "en":
        return " ".join(map(stem, said))
    return " ".join(first + second for first, second in pairwise("".join(said)))


def fill(size) -> None:
    """So many articles in each language, for the search and for what it is compared with."""
    with transaction.atomic():
        articles = Article.objects.bulk_create([Article(slug=f"a{n}", topic="plans") for n in range(size)], BATCH)
        for language, vocabulary in vocabularies(random.Random(2)).items():
            write(articles, language, vocabulary)
    call_command("rebuild_modelsearch_index", chunk_size=10_000, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute({"sqlite": "ANALYZE", "postgresql": "VACUUM ANALYZE"}[connection.vendor])


def write(articles, language, vocabulary) -> None:
    counts, yesterday, space = Counter(), timezone.now() - timedelta(days=1), " " if language == "en" else ""
    documents = Document.objects.bulk_create([Document(kind="article", language=language) for _ in articles], BATCH)
    with connection.cursor() as cursor:
        rows = [(document.pk, article.pk) for document, article in zip(documents, articles, strict=True)]
        table = Translation._meta.db_table
        cursor.executemany(f"INSERT INTO {table} (document_ptr_id, article_id) VALUES (%s, %s)", rows)
    for start in range(0, len(documents), BATCH):
        batch = documents[start : start + BATCH]
        saids = [{field: vocabulary.some(count) for field, count in LENGTHS.items()} for _ in batch]
        plains = [{field: space.join(some) for field, some in said.items()} for said in saids]
        revisions = [
            Revision(
                document=document,
                body={"title": plain["title"], "summary": plain["body"], "text": "", "checked_on": "2026-01-01"},
                number=1,
                state="published",
                written_at=yesterday,
            )
            for document, plain in zip(batch, plains, strict=True)
        ]
        Revision.objects.bulk_create(revisions)
        terms = {"at": yesterday, "recorded_at": yesterday}
        LiveChange.objects.bulk_create(
            [LiveChange(document=each.document, revision=each, **terms) for each in revisions]
        )
        entries, texts = [], []
        for revision, said, plain in zip(revisions, saids, plains, strict=True):
            fields = {field: cut(some, language) for field, some in said.items()}
            entries.append(Entry(revision=revision, language=language, former="", **fields))
            title, *others = fields.values()
            shown = {"plain": "\n".join(plain.values()), "title": title, "body": "\n".join(others)}
            texts.append(Text(revision_id=revision.pk, language=language, **shown))
        Entry.objects.bulk_create(entries)
        Text.objects.bulk_create(texts)
        for entry in entries:
            counts.update(_distinct(entry))
    rows = (Term(language=language, text=text, uses=uses) for text, uses in counts.items())
    Term.objects.bulk_create(rows, BATCH)
    _learn_spellings(language, [word for said in vocabulary.words for word in words(said) if counts[word.text]])
