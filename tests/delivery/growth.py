"""What each kind of page costs as the site grows: `make bench-growth`.

For each size a site is generated in a new SQLite database, or, with `--database`, in that one (empty, or left by an
earlier run; one size). Each address is asked of Django itself, past the front layer: what is measured is a miss.
Milliseconds are processor time, which others on a shared machine lengthen least; the work of a PostgreSQL server is not
in it, so the time that was waited for the database is measured, too.
"""

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path

SIZES = (10, 100, 1000, 10_000)
VERSIONS = 5
SAMPLES, ROUNDS = 5, 3
MEMORY = "memory of the process, all of it asked"
PATIENCE = 2000
"""What takes more milliseconds the first time is not asked again."""


@dataclass
class Cost:
    """What one request costs: milliseconds of the processor, of waiting for the database, and questions to it."""

    cpu: float
    database: float
    queries: int
    kilobytes: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--versions", type=int, default=VERSIONS)
    parser.add_argument("--database", help="of one size; a new SQLite for each if there is none")
    parser.add_argument("--kept", type=Path, help="a JSON file that keeps what was measured, beside earlier sizes")
    parser.add_argument("--plot", type=Path, help="an SVG of it")
    parser.add_argument("--only", action="store_true", help=argparse.SUPPRESS)  # what is called for each size
    args = parser.parse_args()
    if args.only:
        print(json.dumps(measured(args.sizes[0], args.versions)))  # noqa: T201
        return
    costs = json.loads(args.kept.read_text("utf-8")) if args.kept and args.kept.exists() else {}
    for size in args.sizes:
        costs[str(size)] = _alone(size, args.versions, args.database)
        if args.kept:
            args.kept.write_text(json.dumps(costs, indent=1), "utf-8")
    found = {int(size): {kind: Cost(**cost) for kind, cost in costs[size].items()} for size in sorted(costs, key=int)}
    sys.stdout.write(table(found))
    if args.plot:
        args.plot.write_text(plot(found), "utf-8")


def _alone(size: int, versions: int, database: str | None) -> dict[str, dict]:
    """In a process of its own, so that nothing is remembered from another size."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "tests.delivery.growth", str(size), "--versions", str(versions), "--only"],
            env={
                **os.environ,
                "DATA_DIR": folder,
                "SECRET_KEY": "bench",
                "DJANGO_SETTINGS_MODULE": "helpcenter.settings",
            }
            | {"DATABASE_URL": database or f"sqlite:///{folder}/db.sqlite3", "ALLOWED_HOSTS": "testserver"},
            stdout=subprocess.PIPE,
            check=True,
        )
    return json.loads(done.stdout.splitlines()[-1])


def measured(size: int, versions: int) -> dict[str, dict]:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from articles.models import Article

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    call_command("migrate", verbosity=0)
    if not Article.objects.exists():
        call_command("generate_site", articles=size, versions=versions, stdout=sys.stderr)
    found = {}
    for kind, asked in kinds(versions).items():
        found[kind] = asdict(cost(asked))
        sys.stderr.write(f"{size} {kind}: {found[kind]}\n")
    found[MEMORY] = asdict(Cost(0, 0, 0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
    connection.close()
    return found


def kinds(versions: int) -> dict[str, list[Callable[[], int]]]:
    """What is asked of each kind: the same of several articles, where it is about one."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import transaction
    from django.test import Client
    from django.utils import timezone

    from articles.models import Article, Translation
    from helpcenter.delivery.health import Health
    from helpcenter.publishing.verbs import bring
    from tests.delivery.asking import ask
    from tests.signing_in import prove

    slugs = list(Article.objects.filter(order=100).order_by("pk").values_list("slug", flat=True))
    some = slugs[:: max(1, len(slugs) // SAMPLES)][:SAMPLES]
    readers, desk, health = Client(), Client(), Health()
    editor, _ = User.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    desk.force_login(editor)
    prove(desk, editor)

    def get(client: Client, address: str, status: int = 200) -> Callable[[], int]:
        def ask() -> int:
            response = client.get(address)
            assert response.status_code == status, (address, response.status_code)
            return len(response.content)

        return ask

    def publish() -> int:
        text, now = Translation.objects.get(article__slug=some[0], language="en"), timezone.now()
        with transaction.atomic():
            bring(text, text.revisions.live(now).get().body, note="again", at=now, now=now)
            transaction.set_rollback(True)
        return 0

    def load() -> int:
        call_command("load_content", stdout=StringIO())
        return 0

    def each(pattern: str) -> list[Callable[[], int]]:
        return [get(readers, pattern.format(slug)) for slug in some]

    def one(address: str, status: int = 200) -> list[Callable[[], int]]:
        return [get(readers, address, status)]

    return {
        "home": one("/en/"),
        "all articles": one("/en/articles/"),
        "a shelf's page": one("/en/articles/topics/plans/"),
        "article": each("/en/articles/{}/"),
        "article, Han": each("/zh-hant/articles/{}/"),
        "its versions": each("/en/articles/{}/versions/"),
        "a version": each("/en/articles/{}/versions/1/"),
        "a comparison": each(f"/en/articles/{{}}/versions/compare/?from=1&to={versions}"),
        "its Markdown": each("/en/articles/{}.md"),
        "its feed": each("/en/articles/{}/changes.atom"),
        "wizard, question": one("/en/wizard/"),
        "wizard, outcome": one("/en/wizard/store/?biller=store"),
        "refund check": one("/en/refund/?gpu_minutes=12&images=40&earlier=no"),
        "search": one("/en/search/?q=discord"),
        "search, nothing": one("/en/search/?q=zzzzzzzz"),
        "suggestions": one("/en/search/suggest/?q=disc"),
        "not found": one("/en/nowhere/", 404),
        "feed": one("/en/changes.atom"),
        "sitemap": one("/sitemap.xml"),
        "sitemap, a part": one("/sitemap-0.xml"),
        "llms.txt": one("/llms.txt"),
        "API, articles": one("/api/articles/en/"),
        "API, article": [get(readers, f"/api/articles/en/{slug}/") for slug in some],
        "API, flow": one("/api/flow/en/"),
        "readyz": [lambda: len(ask(health, "/readyz").body)],
        "to publish a text": [publish],
        "load_content, at each start": [load],
        "desk": [get(desk, "/admin/")],
        "desk, texts": [get(desk, "/admin/articles/translation/")],
        "desk, texts found": [get(desk, f"/admin/articles/translation/?q={some[0]}")],
        "desk, overdue": [get(desk, "/admin/articles/translation/?check=overdue")],
        "desk, behind": [get(desk, "/admin/articles/translation/?translation=behind")],
        "desk, articles": [get(desk, "/admin/articles/article/")],
        "desk, where used": [get(desk, "/admin/references/reference/")],
    }


def cost(asked: list[Callable[[], int]]) -> Cost:
    """The median over all of them and several rounds; once before, uncounted, for what is remembered afterwards."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cpu, waited, size = [], [], 0
    for turn in range(ROUNDS + 1):
        for ask in asked:
            with waiting() as spent:
                began = time.process_time()
                size = ask()
                cpu.append(1000 * (time.process_time() - began))
            waited.append(1000 * sum(spent))
        if turn == 0 and sum(cpu) < PATIENCE:
            cpu, waited = [], []
        elif turn == 0:
            break
    with CaptureQueriesContext(connection) as queries:
        asked[-1]()
    return Cost(statistics.median(cpu), statistics.median(waited), len(queries), size / 1024)


@contextmanager
def waiting() -> Iterator[list[float]]:
    """The seconds that each question to the database takes."""
    from django.db import connection

    spent: list[float] = []

    def timed(execute, sql, params, many, context):
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - began)

    with connection.execute_wrapper(timed):
        yield spent


def table(costs: dict[int, dict[str, Cost]]) -> str:
    """A row for each kind: milliseconds, questions and kilobytes at each size, and how many times the smallest's."""
    least, *_, most = costs
    lines = ["| kind | " + " | ".join(f"{size:,}" for size in costs) + " | times |"]
    lines.append("|" + "---|" * (len(costs) + 2))
    for kind, first in costs[least].items():
        cells = [_cell(kind, at[kind]) for at in costs.values()]
        growth = costs[most][kind].cpu / first.cpu if first.cpu else costs[most][kind].kilobytes / first.kilobytes
        lines.append(f"| {kind} | {' | '.join(cells)} | {growth:.1f} |")
    return "\n".join([*lines, ""])


def _cell(kind: str, cost: Cost) -> str:
    if kind == MEMORY:
        return f"{cost.kilobytes / 1024:,.0f} MB"
    return f"{cost.cpu:,.0f} ms, {cost.queries}, {cost.kilobytes:,.0f} KB"


WIDTH, HEIGHT, LEFT, RIGHT, EDGE = 660, 420, 80, 170, 30
LEAST, MOST = 1, 100_000
"""Milliseconds at the lower and the upper end of the plot."""

DRAWN = {
    "article": "#1b6ca8",
    "all articles": "#2b8a3e",
    "wizard, question": "#7048a8",
    "search": "#b35900",
    "llms.txt": "#5c6b73",
    "desk, texts": "#a61e4d",
    "desk": "#c92a2a",
}


def plot(costs: dict[int, dict[str, Cost]]) -> str:
    """Both axes tenfold from line to line: what is flat is level, what doubles with the site rises by a decade each."""
    sizes = list(costs)
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(size: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(size) - first) / (last - first), 1)

    def y(cpu: float) -> float:
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * math.log10(cpu / LEAST) / math.log10(MOST / LEAST), 1)

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        "<title>Processor time of a page by the number of articles</title>",
        f'<path d="M0 0h{WIDTH}v{HEIGHT}H0z" fill="#fff"/>',
    ]
    for power in range(round(math.log10(MOST)) + 1):
        level = y(10**power)
        drawn.append(f'<path d="M{LEFT} {level}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        drawn.append(f'<text font-size="12" x="{LEFT - 6}" y="{level + 4}" text-anchor="end">{10**power:,} ms</text>')
    drawn += [
        f'<text font-size="12" x="{x(size)}" y="{HEIGHT - 8}" text-anchor="middle">{size:,}</text>' for size in sizes
    ]
    below = 0.0
    for kind, colour in sorted(DRAWN.items(), key=lambda each: costs[sizes[-1]][each[0]].cpu, reverse=True):
        points = " ".join(f"{x(size)},{y(costs[size][kind].cpu)}" for size in sizes)
        below = max(y(costs[sizes[-1]][kind].cpu) + 4, below + 14)  # so that no two names stand on each other
        drawn.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn.append(f'<text font-size="12" x="{WIDTH - RIGHT + 8}" y="{below}" fill="{colour}">{kind}</text>')
    return "\n".join([*drawn, "</svg>", ""])


if __name__ == "__main__":
    main()
