"""Four times as much as can be answered: what is accepted stays quick, the rest is sent away at once.

`make bench-overload`. The site as `make run` starts it, on the first core, is asked by one client on the second:
first by a few that wait for each answer, which says how much can be sustained; then four times as often, whatever is
answered. Three in four requests are for pages that are remembered, one is a search that nobody has made before.
"""

import asyncio
import itertools
import os
import sys
import tempfile
from collections import defaultdict, deque
from functools import partial
from pathlib import Path
from time import perf_counter, sleep
from urllib.parse import urlsplit

from tests.delivery.bench.servers import Servers

say = partial(print, flush=True)

AT_FIRST, SECONDS, TIMES = 6, 15, 4
CONNECTIONS = 256
ACCEPTED_WITHIN, REFUSED_WITHIN = 250, 20
"""Milliseconds, for 99 of 100."""

REMEMBERED = [
    f"/{language}/{page}"
    for language in ("en", "zh-hant", "zh-hans")
    for page in ("", "articles/", "articles/cancel-web/", "wizard/", "refund/")
]
WORDS = ("cancel", "refund", "plan", "email", "discord", "invoice", "annual", "money", "button", "account")


def addresses():
    """Addresses to ask for, one search for three pages that are remembered."""
    for number in itertools.count():
        words = (WORDS[number % 10], WORDS[number // 10 % 10], WORDS[number // 100 % 10])
        yield f"/en/search/?q={'+'.join(words)}+{number}" if number % 4 == 0 else REMEMBERED[number % len(REMEMBERED)]


class Connection:
    """One connection that is kept: asks, and says how it was answered and in how many milliseconds."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        return self

    async def ask(self, address: str) -> tuple[int, float]:
        begun = perf_counter()
        self.writer.write(f"GET {address} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n\r\n".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        await self.reader.readexactly(length)
        return int(head[9:12]), (perf_counter() - begun) * 1000


async def sustained(connections, asked):
    """How many a second are answered to a few, each of whom waits for the answer."""
    ends, answered = perf_counter() + SECONDS, []

    async def one(connection):
        while perf_counter() < ends:
            answered.append(await connection.ask(next(asked)))

    await asyncio.gather(*(one(each) for each in connections))
    wrong = [status for status, _took in answered if status != 200]
    say(f"sustained: {len(answered) / SECONDS:.0f} a second to {AT_FIRST} who wait, {len(wrong)} sent away")
    return len(answered) / SECONDS, answered


async def overload(connections, asked, rate):
    """What becomes of so many a second, asked for whatever becomes of those before."""
    free, answered, lost, tasks = deque(connections), [], 0, set()

    async def one(connection, address):
        try:
            answered.append(await connection.ask(address))
        except asyncio.IncompleteReadError:  # the server closes what was not used for five seconds
            await connection.open()
        free.append(connection)

    begun = perf_counter()
    for number in range(int(rate * SECONDS)):
        if (early := begun + number / rate - perf_counter()) > 0:
            await asyncio.sleep(early)
        if free:
            task = asyncio.create_task(one(free.popleft(), next(asked)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        else:
            lost += 1
    took = perf_counter() - begun
    await asyncio.gather(*tasks)
    say(f"asked: {(len(answered)) / took:.0f} a second in {took:.1f} s; {lost} not, no connection was free")
    return answered


def percentile(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


def told(answered):
    """The 99th percentile by status, and a line for each."""
    by_status = defaultdict(list)
    for status, took in answered:
        by_status[status].append(took)
    for status, times in sorted(by_status.items()):
        figures = ", ".join(f"{name} {percentile(times, part):.1f} ms" for name, part in (("p50", 0.5), ("p99", 0.99)))
        say(f"  {status}: {len(times)}, {figures}, longest {max(times):.1f} ms")
    return {status: percentile(times, 0.99) for status, times in by_status.items()}


async def measured(here: str) -> bool:
    parts = urlsplit(here)

    async def opened(many: int) -> list[Connection]:
        return [await Connection(str(parts.hostname), parts.port or 80).open() for _each in range(many)]

    asked = addresses()
    few = await opened(AT_FIRST)
    for address in [*REMEMBERED, "/en/busy/"]:
        await few[0].ask(address)
    rate, quiet = await sustained(few, asked)
    told(quiet)
    found = told(await overload(await opened(CONNECTIONS), asked, TIMES * rate))
    return found.keys() <= {200, 503} and found[200] < ACCEPTED_WITHIN and found.get(503, 0) < REFUSED_WITHIN


def late() -> str:
    """How much later than asked for a process on the first core wakes: what others do there costs us, too."""
    os.sched_setaffinity(0, {0})
    times = []
    for _each in range(1000):
        begun = perf_counter()
        sleep(0.001)
        times.append((perf_counter() - begun) * 1000 - 1)
    return f"p50 {percentile(times, 0.5):.1f} ms, p99 {percentile(times, 0.99):.1f} ms"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Servers(Path(folder)) as servers:
        here = servers.start_here()
        say(
            f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; it wakes us {late()} late"
        )
        os.sched_setaffinity(0, {1})
        sys.exit(0 if asyncio.run(measured(here)) else 1)


if __name__ == "__main__":
    main()
