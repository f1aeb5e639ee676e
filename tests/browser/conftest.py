"""A real Chromium against the real server, started as `make run` starts it, on a free port and a folder of its own."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.scanning import BROUGHT, in_database, in_files, in_text, kept

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium")

# Playwright's loop lives in this process; Django would refuse to touch the database beside it, in other tests too.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They begin, as they take longest."""
    items.sort(key=lambda item: Path(__file__).parent not in item.path.parents)
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, but there is no chromium on this machine")
        pytest.skip("there is no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[str]:
    """The address of a running server with the bundled content, its data in that folder; `more` surrounds it, too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "log").open("w+")
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=surroundings(folder) | {"PORT": str(port), "HOST": "127.0.0.1"} | more,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        yield _started(f"http://127.0.0.1:{port}", log)
    finally:
        server.send_signal(signal.SIGTERM)
        ended = server.wait(timeout=20)
    assert ended in (0, -signal.SIGTERM)
    assert what_was_kept(folder) <= kept("readers") | kept("editors")


def what_was_kept(folder: Path) -> set[str]:
    """Where in that folder is something of whoever used the server: its columns, its log, its other files."""
    brought = (*BROUGHT, "Chrome/", "127.0.0.1")
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        cursor = database.cursor()
        tables = [name for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {*in_database(cursor, tables, brought)}
    told = [line for line in (folder / "log").read_text("utf-8").splitlines() if not line.startswith("http://")]
    others = {name for name in in_files(folder, brought) if not name.startswith(("db.sqlite3", "static/", "log"))}
    return found | others | {line for line in told if in_text(line, brought)}


def _started(address: str, log: IO[str]) -> str:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return address
    log.seek(0)
    pytest.fail(f"the server did not start:\n{log.read()}")


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a process whose data lies in that folder."""
    kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return kept | {"DATA_DIR": str(folder)}


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the data of `site` lies."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[str]:
    """The address of a running server with the bundled content."""
    with serving(site_folder) as address:
        yield address


@pytest.fixture
def new_page(chromium: Browser, site: str) -> Iterator[object]:
    """Opens pages, each in a browser of its own; a console error or a cookie fails the test."""
    contexts = []
    complaints: list[str] = []

    def open_page(*, javascript: bool = True, width: int = 390, scheme: str = "light", **options: object) -> Page:
        context = chromium.new_context(
            java_script_enabled=javascript,
            viewport={"width": width, "height": 844},
            color_scheme=scheme,
            base_url=site,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    cookies = [cookie for context in contexts for cookie in context.cookies()]
    for context in contexts:
        context.close()
    assert cookies == []
    assert [complaint for complaint in complaints if not re.search(r"\b(404|422)\b", complaint)] == []
