"""What a visit costs: bytes on the wire, headers included, and requests, in a real Chromium: `make budget`.

By HTTPS and HTTP/2, as readers come. Each page is opened by somebody who has never been here; then every article by
somebody who has read another. Exit code 1 if an article costs more than was promised; it says which.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from subprocess import DEVNULL, PIPE
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.conftest import CHROMIUM, ROOT, serving, surroundings
from tests.delivery.bench.servers import granian

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

type Cost = tuple[int, int]


def main() -> int:
    if CHROMIUM is None:
        sys.exit("there is no chromium: apt-get install chromium")
    over: list[str] = []
    say = sys.stdout.write
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)),
        encrypted(Path(folder)) as (site, key),
        sync_playwright() as playwright,
    ):
        # A certificate that is merely not asked for would keep Chromium from caching anything.
        trusted = f"--ignore-certificate-errors-spki-list={key}"
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", trusted])
        say("| page | " + " | ".join(LANGUAGES) + " |\n|---|" + "--:|" * len(LANGUAGES) + "\n")
        for name, address in PAGES.items():
            costs = [_first(browser, f"{site}/{language}/{address}") for language in LANGUAGES]
            say(_row(name, costs))
            if "article" in name.split():
                over += [f"{name}, {_said(each)}" for each in costs if not _within(each, FIRST)]
        following = [_following(browser, f"{site}/{language}/articles/") for language in LANGUAGES]
        say(_row("the next article: median", [sorted(costs.values())[len(costs) // 2] for costs in following]))
        say(_row("the next article: largest", [max(costs.values()) for costs in following]))
        for costs in following:
            over += [f"{path}, {_said(each)}" for path, each in costs.items() if not _within(each, NEXT)]
        browser.close()
    say("".join(f"over: {each}\n" for each in over))
    return int(bool(over))


@contextmanager
def encrypted(folder: Path) -> Iterator[tuple[str, str]]:
    """The address of the same site by HTTPS, and what Chromium knows its key by."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made_for = ["-subj", "/CN=127.0.0.1", "-days", "1", "-keyout", str(key), "-out", str(certificate)]
    _openssl("req", "-x509", "-nodes", "-newkey", "rsa:2048", *made_for)
    public = sha256(_openssl("pkey", "-in", str(key), "-pubout", "-outform", "DER")).digest()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    by_tls = ["--ssl-certificate", str(certificate), "--ssl-keyfile", str(key)]
    server = subprocess.Popen(
        [*granian(port, "helpcenter.wsgi:application"), *by_tls], cwd=ROOT, env=surroundings(folder)
    )
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"https://127.0.0.1:{port}", b64encode(public).decode()
    finally:
        server.terminate()
        server.wait(timeout=20)


def _openssl(*arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], check=True, stdout=PIPE, stderr=DEVNULL).stdout


def _within(spent: Cost, most: Cost) -> bool:
    return spent[0] <= most[0] and spent[1] <= most[1]


def _row(name: str, costs: list[Cost]) -> str:
    return f"| {name} | " + " | ".join(map(_said, costs)) + " |\n"


def _said(spent: Cost) -> str:
    return f"{spent[0]:,} B, {spent[1]}"


def _first(browser: Browser, address: str) -> Cost:
    with browser.new_context() as context:
        return cost(context, address)


def _following(browser: Browser, articles: str) -> dict[str, Cost]:
    """What every article costs whoever has read another before, by its path."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(articles)
        links = page.locator(".shelf__list a").evaluate_all(
            "links => [...new Set(links.map(link => link.href))].sort()"
        )
        cost(context, links[-1])
        return {urlsplit(link).path: cost(context, link) for link in links}


def cost(context: BrowserContext, address: str) -> Cost:
    """Bytes and requests of one page; what the browser has already is none."""
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
