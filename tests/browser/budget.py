"""What a visit costs: bytes on the wire, headers included, and requests, in a real Chromium: `make budget`.

Each page is opened by somebody who has never been here, and an article once more by somebody who has read another.
Exit code 1 if an article costs more than was promised.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.conftest import CHROMIUM, serving

PAGES = {
    "home": "",
    "all articles": "articles/",
    "article": "articles/cancel-web/",
    "longest article": "articles/refund-eligibility/",
    "first question": "wizard/",
    "refund check": "refund/",
    "search": "search/",
}
LANGUAGES = ("zh-hant", "en", "zh-hans")
FIRST, NEXT = (20_000, 3), (5_000, 1)
"""The most bytes and requests of an article on a first visit, and of the next one."""


def main() -> int:
    if CHROMIUM is None:
        sys.exit("there is no chromium: apt-get install chromium")
    over = []
    say = sys.stdout.write
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        say("| page | " + " | ".join(LANGUAGES) + " |\n|---|" + "--:|" * len(LANGUAGES) + "\n")
        for name, address in PAGES.items():
            costs = [_first(browser, f"{site}/{language}/{address}") for language in LANGUAGES]
            say(_row(name, costs))
            over += [cost for cost in costs if "article" in name.split() and not _within(cost, FIRST)]
        costs = [_next(browser, f"{site}/{language}/articles/") for language in LANGUAGES]
        say(_row("the next article", costs))
        over += [cost for cost in costs if not _within(cost, NEXT)]
        browser.close()
    return int(bool(over))


def _within(cost: tuple[int, int], most: tuple[int, int]) -> bool:
    return cost[0] <= most[0] and cost[1] <= most[1]


def _row(name: str, costs: list[tuple[int, int]]) -> str:
    return f"| {name} | " + " | ".join(f"{size:,} B, {requests}" for size, requests in costs) + " |\n"


def _first(browser: Browser, address: str) -> tuple[int, int]:
    with browser.new_context() as context:
        return _cost(context, address)


def _next(browser: Browser, articles: str) -> tuple[int, int]:
    with browser.new_context() as context:
        _cost(context, f"{articles}cancel-discord/")
        return _cost(context, f"{articles}cancel-web/")


def _cost(context: BrowserContext, address: str) -> tuple[int, int]:
    page = context.new_page()
    sizes: list[int] = []
    network = context.new_cdp_session(page)
    network.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    network.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    page.close()
    return sum(sizes), len([size for size in sizes if size])


if __name__ == "__main__":
    sys.exit(main())
