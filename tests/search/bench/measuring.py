"""Asks the search and what it is compared with, in turns, and prints what each took and found."""

import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from modelsearch.backends import get_search_backend
from rapidfuzz.distance import OSA

from helpcenter.delivery.inventing import Words, vocabularies
from helpcenter.search.asking import MOST_SHOWN, search
from helpcenter.search.indexing import SHORTEST_SLIP
from helpcenter.search.words import stem, words
from tests.search.bench.models import Text
from tests.search.bench.texts import fill

ROUNDS, ASKED = 3, 60

PATIENCE = 2.0
"""Seconds after which a search of the others is given up."""

ENOUGH = 0.5
"""Seconds in a round after which the others are not asked more of a kind; once they always are."""


@dataclass
class Question:
    """What is typed, its words, for each of them all that it may mean, and the articles that say something of each."""

    typed: str
    words: list[str]
    meant: list[set[str]]
    truth: set[int] = field(default_factory=set)


def some(count: int, space: str = "") -> Callable[[Words], Question]:
    def make(vocabulary: Words) -> Question:
        said = vocabulary.some(count)
        return Question(space.join(said), said, [{stem(word)} for word in said])

    return make


def typo(vocabulary: Words) -> Question:
    """A word with a letter less that is no word; it may mean any that is a slip away."""
    known = {stem(word) for word in vocabulary.words}
    while True:
        word = vocabulary.some(1)[0]
        place = vocabulary.chance.randrange(1, len(word) - 1)
        typed = word[:place] + word[place + 1 :]
        if len(typed) >= SHORTEST_SLIP and stem(typed) not in known:
            near = {
                stem(each) for each in vocabulary.words if len(each) >= SHORTEST_SLIP and OSA.distance(typed, each) <= 1
            }
            return Question(typed, [typed], [near])


KINDS = {
    "two characters": ("zh-hant", some(1)),
    "four characters": ("zh-hant", some(2)),
    "a sentence, Han": ("zh-hant", some(8)),
    "an English word": ("en", some(1)),
    "an English sentence": ("en", some(8, " ")),
    "a typo": ("en", typo),
}


def ours(question: Question, language: str) -> list[int]:
    return [hit.entry.revision_id for hit in search(question.typed, language, timezone.now()).hits]


def like(question: Question, language: str) -> list[int]:
    texts = Text.objects.filter(language=language)
    for word in question.words:
        texts = texts.filter(plain__contains=word)
    return list(texts.values_list("pk", flat=True)[:MOST_SHOWN])


def library(question: Question, language: str) -> list[int]:
    said = " ".join(word.text for each in question.words for word in words(each))
    return [text.pk for text in get_search_backend().search(said, Text.objects.filter(language=language))[:MOST_SHOWN]]


SEARCHES = (ours, like, library)


@dataclass
class Tally:
    """What one of them took (milliseconds, and of the processor) and found for a kind of question."""

    took: list[float] = field(default_factory=list)
    computed: list[float] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.took)

    @property
    def p95(self) -> float:
        return p95(self.took)

    def __str__(self) -> str:
        more = ">" if self.p95 >= 1000 * PATIENCE else " "
        found = f"{statistics.mean(self.recalls):.2f} of {len(self.recalls)}" if self.recalls else "nothing to find"
        computed = f"computed {statistics.median(self.computed):7.1f} p95 {p95(self.computed):7.1f}"
        took = f"median {self.median:9.1f} p95{more}{self.p95:9.1f} ms, {computed}"
        return f"{took}, asked {len(self.took):3}, recall {found}"

    def ask(self, ask: Callable, question: Question, language: str) -> float:
        """Ask it, and count what it took and found; in seconds."""
        began, computing = time.perf_counter(), time.process_time()
        try:
            found = ask(question, language)
        except OperationalError:  # it took too long
            found = None
        took = time.perf_counter() - began
        self.took.append(1000 * took)
        self.computed.append(1000 * (time.process_time() - computing))
        if found is not None and question.truth:
            self.recalls.append(len(question.truth & {*found}) / min(len(question.truth), MOST_SHOWN))
        return took


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def measure(size: int) -> float:
    """Fill the database if it is empty, ask everything and print it. Our slowest 95th percentile."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    began = time.perf_counter()
    if not Text.objects.exists():
        fill(size)
    sys.stdout.write(
        f"{size} articles in {len(settings.LANGUAGES)} languages, ready after {time.perf_counter() - began:.0f} s\n"
    )
    questions = drawn()
    tallies: dict[tuple[str, Callable], Tally] = defaultdict(Tally)
    for kind, (language, _) in KINDS.items():
        first = questions[kind].pop()
        for ask in SEARCHES:
            with patience():
                Tally().ask(ask, first, language)  # not counted: what is read once, such as sounds
    for turn in range(ROUNDS):
        for kind, (language, _) in KINDS.items():
            spent = dict.fromkeys(SEARCHES, 0.0)
            for question in questions[kind][turn * ASKED : (turn + 1) * ASKED]:
                for ask in SEARCHES:
                    if ask is ours or spent[ask] < ENOUGH:
                        with patience():
                            spent[ask] += tallies[kind, ask].ask(ask, question, language)
    for kind in KINDS:
        for ask in SEARCHES:
            times = tallies[kind, ask].median / tallies[kind, ours].median
            sys.stdout.write(
                f"{connection.vendor:10} {kind:19} {ask.__name__:7} {tallies[kind, ask]}, {times:7.1f} times ours\n"
            )
    return max(tallies[kind, ours].p95 for kind in KINDS)


@contextmanager
def patience() -> Iterator[None]:
    """Whatever the database does for longer is given up."""
    if connection.vendor == "sqlite":
        timer = threading.Timer(PATIENCE, connection.connection.interrupt)
        timer.start()
        yield
        timer.cancel()
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(int(1000 * PATIENCE))])
        yield


def drawn() -> dict[str, list[Question]]:
    """The questions of each kind with what answers them: each text is read, and its words are looked at."""
    known = vocabularies(seed=3)
    questions = {
        kind: [make(known[language]) for _ in range(ROUNDS * ASKED + 1)] for kind, (language, make) in KINDS.items()
    }
    for language in {language for language, _ in KINDS.values()}:
        asked = [each for kind, (spoken, _) in KINDS.items() if spoken == language for each in questions[kind]]
        having = texts_having({word for each in asked for words in each.meant for word in words}, language)
        for each in asked:
            each.truth = set.intersection(*(set().union(*(having[word] for word in words)) for words in each.meant))
    return questions


def texts_having(wanted: set[str], language: str) -> dict[str, set[int]]:
    """By each word that is wanted, the texts that have it."""
    having: dict[str, set[int]] = {word: set() for word in wanted}
    for pk, plain in Text.objects.filter(language=language).values_list("pk", "plain").iterator():
        for word in wanted & {word.text for word in words(plain)}:
            having[word].add(pk)
    return having
