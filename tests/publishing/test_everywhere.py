"""What is published is read everywhere: on one machine at once, on another within a second, and always whole."""

import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from articles.models import Translation
from helpcenter.delivery import granian
from helpcenter.delivery.epoch import Bell
from helpcenter.domain.versions import Significance
from helpcenter.facts.models import FactSheetDocument
from helpcenter.publishing.models import Revision
from helpcenter.publishing.verbs import publish
from tests.builders import a_body, a_sheet_body, a_site
from tests.publishing.databases import OwnDatabase

pytestmark = pytest.mark.django_db  # so that it runs on PostgreSQL too; see tests/conftest.py

ROOT = Path(__file__).resolve().parents[2]
READERS, TIMES = 16, 6
PAGE = "/zh-hant/articles/walked/"
SAID = re.compile(r"<h1[^>]*>Told (\d+)</h1>.*?minutes (\d+)\.", re.DOTALL)
ANOTHER_MACHINE = 1.0
"""Seconds after which it reads what was published here."""


@dataclass(frozen=True)
class Read:
    """What a page said that was asked for at that time."""

    asked: float
    answered: float
    words: int
    fact: int


@pytest.mark.parametrize(
    ("machines", "processes", "late"),
    [pytest.param(1, 4, 0.0, id="four processes"), pytest.param(2, 1, ANOTHER_MACHINE, id="two machines")],
)
def test_what_is_published_is_read_everywhere_and_whole(own_database: OwnDatabase, tmp_path, machines, processes, late):
    folders = [tmp_path / str(number) for number in range(machines)]
    own_database.do(a_site)
    published = [(0.0, 0.0)]
    own_database.do(lambda: _publish(0))
    with _serving(own_database, folders, processes) as ports:
        over = threading.Event()
        with ThreadPoolExecutor(READERS) as pool:
            readers = [pool.submit(_read, ports, over) for _each in range(READERS)]
            for number in range(1, TIMES + 1):
                begun = time.monotonic()
                own_database.do(lambda number=number: _publish(number))
                Bell(folders[0] / "bell").ring()  # as the desk does when it has answered
                published.append((begun, time.monotonic()))
                time.sleep(late + 0.3)
            over.set()
            read = [each for reader in readers for each in reader.result(30)]
    assert len(read) > READERS * TIMES
    for each in read:
        assert each.words == each.fact, "half of it is from before"
        assert each.words >= max(n for n, (_begun, done) in enumerate(published) if done + late <= each.asked)
        assert each.words <= max(n for n, (begun, _done) in enumerate(published) if begun <= each.answered)
    assert {each.words for each in read} == set(range(TIMES + 1))


def _publish(number: int) -> None:
    """A text and the fact that it inserts, in one transaction."""
    text = Translation.objects.get(article__slug="walked", language="zh-hant")
    body = a_body(f"Told {number}", steps=("go", "stop"), text="minutes {{refund.gpu_minutes}}.")
    with transaction.atomic():
        for document, said in (
            (FactSheetDocument.objects.get(), a_sheet_body(refund__gpu_minutes=str(number + 100))),
            (text, body),
        ):
            now = timezone.now()
            revision = Revision.objects.create(document=document, body=said)
            publish(revision, by=None, note="note", significance=Significance.CONTENT, at=now, now=now)


def _read(ports: list[int], over: threading.Event) -> list[Read]:
    read = []
    servers = [HTTPConnection("127.0.0.1", port, timeout=20) for port in ports]
    while not over.is_set():
        server, asked = random.choice(servers), time.monotonic()
        server.request("GET", PAGE)
        answer = server.getresponse()
        page = answer.read().decode()
        assert answer.status == 200
        said = SAID.search(page)
        assert said, page
        read.append(Read(asked, time.monotonic(), int(said[1]), int(said[2]) - 100))
    for server in servers:
        server.close()
    return read


@contextmanager
def _serving(database: OwnDatabase, folders: list[Path], processes: int) -> Iterator[list[int]]:
    """The ports of so many processes in each folder, which stands for a machine."""
    ports, running = [], []
    try:
        for folder in folders:
            folder.mkdir()
            around = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": _address(database), "SECRET_KEY": "tests"}
            around.pop("DJANGO_SETTINGS_MODULE", None)
            collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
            subprocess.run(collect, cwd=ROOT, env=around, check=True)
            for _each in range(processes):
                ports.append(_free_port())
                command = granian.command("127.0.0.1", ports[-1], folder)
                running.append(subprocess.Popen(command, cwd=ROOT, env=around))
        for port in ports:
            _wait_for(port)
        yield ports
    finally:
        for server in running:
            server.terminate()
        for server in running:
            server.wait(20)


def _address(database: OwnDatabase) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{database.name}"
    where = database.settings
    return f"postgresql://{where['USER']}:{where['PASSWORD']}@{where['HOST']}:{where['PORT'] or 5432}/{database.name}"


def _wait_for(port: int) -> None:
    for _try in range(300):
        try:
            server = HTTPConnection("127.0.0.1", port, timeout=20)
            server.request("GET", PAGE)
            if server.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            pass
        time.sleep(0.2)
    pytest.fail("a server did not start")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
