"""How long a search takes among many articles, beside plain LIKE: `make bench-search`.

Generated texts: words drawn as real ones are (few common, many rare). Each kind of question is
asked many times, in turns with LIKE. Prints the median and the 95th percentile in milliseconds;
exit code 1 if a 95th percentile is above what was promised.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from itertools import accumulate

SIZES = {10_000: 25.0, 100_000: 60.0}
"""Articles, each in every language, and the promised 95th percentile in milliseconds."""

ASKED = 60


class Words:
    """Draws words as a language has them: the n-th commonest 1/n times as often as the commonest."""

    def __init__(self, chance, words):
        self.chance, self.words = chance, words
        self.weights = list(accumulate(1 / (place + 3) for place in range(len(words))))

    def some(self, count):
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)


def main() -> int:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(DATA_DIR=folder, SECRET_KEY="bench", DJANGO_SETTINGS_MODULE="helpcenter.settings")
        url = os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder}/db.sqlite3")
        os.environ["DATABASE_URL"] = url
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        corpora = fill(size)
        return ask(corpora, SIZES.get(size, 60.0))


def fill(size):
    """So many articles in each language, live since yesterday."""
    from collections import Counter
    from datetime import timedelta

    from django.db import connection, transaction
    from django.utils import timezone

    from articles.models import Article, Translation
    from helpcenter.facts.sheets import languages
    from helpcenter.publishing.models import Document, LiveChange, Revision
    from helpcenter.search.indexing import _count, _distinct, _learn_spellings
    from helpcenter.search.models import Entry
    from helpcenter.search.words import words

    chance, now = random.Random(1), timezone.now()
    han = "".join(chr(0x4E00 + each) for each in chance.sample(range(6000), 2500))
    latin = ["".join(chance.choices("etaoinshrdlucmfw", k=chance.randint(3, 9))) for _ in range(30_000)]
    corpora = {
        code: Words(chance, latin if code == "en" else ["".join(chance.choices(han, k=2)) for _ in range(30_000)])
        for code in languages()
    }
    began = time.perf_counter()
    with transaction.atomic():
        articles = Article.objects.bulk_create([Article(slug=f"a{n}", topic="plans") for n in range(size)], 1000)
        for code, corpus in corpora.items():
            space, counts = (" " if code == "en" else ""), Counter()
            documents = Document.objects.bulk_create([Document(kind="article", language=code) for _ in articles], 1000)
            with connection.cursor() as cursor:
                rows = [(document.pk, article.pk) for document, article in zip(documents, articles, strict=True)]
                table = Translation._meta.db_table
                cursor.executemany(f"INSERT INTO {table} (document_ptr_id, article_id) VALUES (%s, %s)", rows)
            said = set()
            for start in range(0, size, 1000):
                batch, revisions, entries = documents[start : start + 1000], [], []
                for document in batch:
                    parts = [space.join(corpus.some(n)) for n in (4, 8, 30, 20, 120)]
                    body = {"title": parts[0], "summary": parts[4], "text": "", "checked_on": "2026-01-01"}
                    revisions.append(
                        Revision(document=document, body=body, number=1, state="published", written_at=now)
                    )
                    entries.append([" ".join(word.text for word in words(part)) for part in parts])
                Revision.objects.bulk_create(revisions)
                terms = {"at": now - timedelta(days=1), "recorded_at": now - timedelta(days=1)}
                LiveChange.objects.bulk_create(
                    [LiveChange(document=each.document, revision=each, **terms) for each in revisions]
                )
                fields = ("title", "asked", "steps", "trouble", "body")
                rows = [
                    Entry(revision=revision, language=code, former="", **dict(zip(fields, entry, strict=True)))
                    for revision, entry in zip(revisions, entries, strict=True)
                ]
                Entry.objects.bulk_create(rows)
                for row in rows:
                    counts.update(_distinct(row))
            _count(code, counts)
            said = [word for text in corpus.words for word in words(text) if counts[word.text]]
            _learn_spellings(code, said)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    sys.stdout.write(f"{size} articles in {len(corpora)} languages, made in {time.perf_counter() - began:.0f} s\n")
    return corpora


def ask(corpora, promised) -> int:
    from django.db import connection
    from django.utils import timezone

    from helpcenter.search.asking import search
    from helpcenter.search.models import Entry

    kinds = {
        "two characters": ("zh-hant", lambda words: words.some(1)[0]),
        "four characters": ("zh-hant", lambda words: "".join(words.some(2))),
        "a sentence, Han": ("zh-hant", lambda words: "".join(words.some(8))),
        "an English word": ("en", lambda words: words.some(1)[0]),
        "an English sentence": ("en", lambda words: " ".join(words.some(8))),
        "a typo": ("en", lambda words: typo(words)),
    }
    failed = False
    for kind, (language, make) in kinds.items():
        took, plain = [], []
        for _ in range(ASKED):
            question = make(corpora[language])
            began = time.perf_counter()
            search(question, language, timezone.now())
            took.append(1000 * (time.perf_counter() - began))
            if len(plain) < 5:
                began = time.perf_counter()
                list(Entry.objects.filter(language=language, body__contains=question)[:20])
                plain.append(1000 * (time.perf_counter() - began))
        p95 = statistics.quantiles(took, n=20)[-1]
        failed |= p95 > promised
        sys.stdout.write(
            f"{connection.vendor:10} {kind:20} median {statistics.median(took):7.1f} p95 {p95:7.1f} ms"
            f" (promised {promised:.0f}); LIKE median {statistics.median(plain):7.1f} ms\n"
        )
    return int(failed)


def typo(words) -> str:
    word = next(each for each in iter(lambda: words.some(1)[0], None) if len(each) >= 5)
    place = words.chance.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1 :]


if __name__ == "__main__":
    sys.exit(main())
