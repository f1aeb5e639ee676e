"""What is counted in this process, for Prometheus. It is added up there: each process is asked by itself.

Not prometheus-client's files for several processes: a server has one worker.
"""

from collections import Counter as Counts
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

disable_created_metrics()  # type: ignore[no-untyped-call] # when each count began

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

MADE = Histogram("helpcenter_made_seconds", "How long Django took.", ["kind"], registry=REGISTRY)
SLOW_QUERIES = Counter("helpcenter_slow_queries", "Queries that took longer than SLOW_QUERY_MS.", registry=REGISTRY)
MAIL = Counter("helpcenter_mail", "Mails to editors, sent and failed.", ["outcome"], registry=REGISTRY)
KEPT_ANSWERS = Gauge("helpcenter_kept_answers", "Answers that the process remembers.", registry=REGISTRY)
KEPT_BYTES = Gauge("helpcenter_kept_bytes", "Bytes of memory that these take.", registry=REGISTRY)

MAIL_SENT, MAIL_FAILED = MAIL.labels("sent"), MAIL.labels("failed")


class Answers(Collector):
    """How many answers were given, by whom and with which status: `next(ANSWERS["memory"][status line])` is one more.

    Not the library's Counter: it takes 500 ns and a lock, on a page that takes 3,000. `itertools.count` moves on in one
    step of the interpreter. It is read by moving it on, too, and so each remembers how often it was.
    """

    def __init__(self) -> None:
        self._by = {by: defaultdict[str, Iterator[int]](count) for by in ("memory", "django", "probe", "refused")}
        self._read = Counts[tuple[str, str]]()
        self._reading = Lock()

    def __getitem__(self, by: str) -> defaultdict[str, Iterator[int]]:
        return self._by[by]

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        family = CounterMetricFamily("helpcenter_requests", "Answers given.", labels=["by", "status"])
        with self._reading:
            for by, counted in self._by.items():
                for status, number in list(counted.items()):
                    family.add_metric([by, status[:3]], next(number) - self._read[by, status])
                    self._read[by, status] += 1
        yield family


ANSWERS = Answers()
REGISTRY.register(ANSWERS)
