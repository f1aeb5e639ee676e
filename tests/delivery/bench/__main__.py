"""How fast an article is answered, beside a file server, Wagtail and Django's page cache: `make bench`.

Each server runs alone on one core, wrk on the other; all of a group are up at once and take turns, in several rounds:
a shared machine is not always equally fast, so read the ratios. Exit code 1 if one of them is not what was promised.
"""

import argparse
import gzip
import os
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.delivery.bench.measuring import Figures, measure
from tests.delivery.bench.servers import ARTICLE, Servers, fetch

say = partial(print, flush=True)

ALONE = 1
"""Connection. Of more who ask for the same page, one has it made for all: only alone everybody's is made anew."""

type Targets = dict[str, tuple[str, dict[str, str]]]
type Measured = dict[tuple[str, int], list[Figures]]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    args = parser.parse_args()
    for program in ("nginx", "wrk", "taskset"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is missing: apt-get install nginx-light wrk util-linux")
    with tempfile.TemporaryDirectory() as folder, Servers(Path(folder)) as servers:
        beside_files = _beside_files(servers, args.rounds, args.seconds)
        beside_django = _beside_django(servers, args.rounds, args.seconds)
    return int(not all(_judge(beside_files, beside_django)))


def _beside_files(servers: Servers, rounds: int, seconds: int) -> Measured:
    here = servers.start_here()
    page, style = fetch(here + ARTICLE), servers.style_sheet(here)
    nginx = servers.start_nginx(
        {"article.html": fetch(here + ARTICLE, "identity").body, "site.css": fetch(here + style, "identity").body}
    )
    tags = {address: fetch(address).headers["ETag"] for address in (here + ARTICLE, f"{nginx}/article.html")}
    say(f"an article of {len(gzip.decompress(page.body)):,} bytes, {len(page.body):,} compressed\n")
    targets: Targets = {
        "article, nginx": (f"{nginx}/article.html", {}),
        "article, here": (here + ARTICLE, {}),
        "304, nginx": (f"{nginx}/article.html", {"If-None-Match": tags[f"{nginx}/article.html"]}),
        "304, here": (here + ARTICLE, {"If-None-Match": tags[here + ARTICLE]}),
        "style sheet, nginx": (f"{nginx}/site.css", {}),
        "style sheet, here": (here + style, {}),
    }
    measured = _take_turns({16: targets, 64: targets}, rounds, seconds)
    servers.stop()
    _table("Beside a file server", measured, "nginx")
    return measured


def _beside_django(servers: Servers, rounds: int, seconds: int) -> Measured:
    wagtail = servers.start_wagtail()
    remembered: Targets = {
        "the server alone": (servers.start("tests.delivery.bench.nothing:application") + ARTICLE, {}),
        "article, here": (servers.start_here() + ARTICLE, {}),
        "Django's page cache": (
            servers.start("helpcenter.wsgi:django", DJANGO_SETTINGS_MODULE="tests.delivery.bench.page_cache") + ARTICLE,
            {},
        ),
        "Wagtail, page cache": (f"{wagtail[1]}/article/", {}),
        "Wagtail": (f"{wagtail[0]}/article/", {}),
    }
    made: Targets = {
        "made anew": (servers.start("helpcenter.wsgi:application", KEPT_MEGABYTES="0") + ARTICLE, {}),
        "straight through Django": (servers.start("helpcenter.wsgi:django") + ARTICLE, {}),
    }
    measured = _take_turns({ALONE: made | remembered, 16: remembered, 64: remembered}, rounds, seconds)
    servers.stop()
    _table("Beside Django and Wagtail", measured, "Wagtail")
    return measured


def _take_turns(asked: dict[int, Targets], rounds: int, seconds: int) -> Measured:
    """`asked`: by the number of connections."""
    for number, targets in asked.items():
        for address, headers in targets.values():
            measure(address, headers, connections=number, seconds=1)
    measured: Measured = defaultdict(list)
    for _round in range(rounds):
        for number, targets in asked.items():
            for name, (address, headers) in targets.items():
                measured[name, number].append(measure(address, headers, connections=number, seconds=seconds))
    return measured


def _table(title: str, measured: Measured, beside: str) -> None:
    say(
        f"{title}\n\n| | connections | requests a second (spread) | p50 ms | p99 ms | / {beside} |\n"
        "|---|--:|--:|--:|--:|--:|"
    )
    for (name, number), runs in measured.items():
        rates = [run.rate for run in runs]
        peer = name.partition(",")[0] + ", nginx" if beside == "nginx" else beside
        say(
            f"| {name} | {number} | {statistics.median(rates):,.0f} (±{_spread(rates):.0%}) "
            f"| {_median(runs, lambda run: run.p50):.2f} | {_median(runs, lambda run: run.p99):.2f} "
            f"| {_ratio(measured, name, peer, number):.2f} |"
        )
    say()


def _spread(rates: list[float]) -> float:
    return (max(rates) - min(rates)) / 2 / statistics.median(rates)


def _median(runs: list[Figures], of: Callable[[Figures], float]) -> float:
    return statistics.median(map(of, runs))


def _ratio(measured: Measured, name: str, peer: str, number: int) -> float:
    """The median of the ratios of one round each."""
    pairs = zip(measured[name, number], measured[peer, number], strict=True)
    return statistics.median(ours.rate / theirs.rate for ours, theirs in pairs)


def _judge(files: Measured, django: Measured) -> list[bool]:
    slowest = statistics.median(run.p99 for run in files["article, here", 16])
    nginx_slowest = statistics.median(run.p99 for run in files["article, nginx", 16])
    promised = [
        ("article / nginx, 16 connections", _ratio(files, "article, here", "article, nginx", 16), 0.45),
        ("article / nginx, 64 connections", _ratio(files, "article, here", "article, nginx", 64), 0.60),
        ("304 / 200 here, 16 connections", _ratio(files, "304, here", "article, here", 16), 1.0),
        ("style sheet / nginx, 16 connections", _ratio(files, "style sheet, here", "style sheet, nginx", 16), 0.35),
        ("1.5 ms / p99, 16 connections", 1.5 / slowest, 1.0),
        ("2.5 times nginx's p99 / p99, 16 connections", 2.5 * nginx_slowest / slowest, 1.0),
        ("article / the server alone", _ratio(django, "article, here", "the server alone", 16), 0.75),
        ("article / Wagtail with page cache", _ratio(django, "article, here", "Wagtail, page cache", 16), 13.0),
        ("article / Wagtail", _ratio(django, "article, here", "Wagtail", 16), 800.0),
        ("made anew / Wagtail", _ratio(django, "made anew", "Wagtail", ALONE), 15.0),
    ]
    for name, figure, wanted in promised:
        say(f"{'kept    ' if figure >= wanted else 'NOT KEPT'}  {name}: {figure:.2f} (promised: {wanted})")
    return [figure >= wanted for _name, figure, wanted in promised]


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[3])
    sys.exit(main())
