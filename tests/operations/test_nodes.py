"""Two machines with one PostgreSQL, and what happens when a cable is pulled out or the server dies."""

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from helpcenter.delivery.epoch import Bell
from tests.operations.machines import Cluster, Machine, Node
from tests.operations.test_faults import unseen

ANOTHER_MACHINE = 1.0
"""Seconds after which it reads what was published here."""

SEEN = "/zh-hant/articles/cancel-web/"
PAGES = unseen()
PUBLISH = """
import time
from django.utils import timezone
from articles.models import Translation
from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import Revision
from helpcenter.publishing.verbs import publish
text = Translation.objects.get(article__slug="cancel-web", language="zh-hant")
now = timezone.now()
body = Revision.objects.live(now).get(document=text).body
revision = Revision.objects.create(document=text, body=body | {"title": %r})
publish(revision, by=None, note="note", significance=Significance.CONTENT, at=now, now=now)
print("live at", time.monotonic())
"""


@dataclass
class Network:
    """The machine with the database, and the two that serve."""

    database: Machine
    cluster: Cluster
    one: Node
    two: Node

    def publish(self, node: Node, title: str) -> float:
        """Publish on one of them. The time at which it was live."""
        done = node.manage("shell", "-c", PUBLISH % title)
        assert done.returncode == 0, done.stderr + self.cluster.log()
        return float(done.stdout.rpartition("live at ")[2])


@pytest.fixture(scope="module")
def network(tmp_path_factory) -> Iterator[Network]:
    missing = os.geteuid() != 0 or not shutil.which("ip")
    if missing and os.environ.get("REQUIRE_POSTGRES") != "1":
        pytest.skip("needs root, ip and PostgreSQL")
    machines = [Machine() for _each in range(3)]
    cluster = Cluster(machines[0])
    nodes = []
    try:
        for number, machine in enumerate(machines[1:], start=1):
            machines[0].cable_to(machine, number)
            address = f"postgresql://site@10.77.{number}.1/postgres"
            nodes.append(Node(machine, tmp_path_factory.mktemp("node") / "data", address))
            nodes[-1].start()
        yield Network(machines[0], cluster, *nodes)
    finally:
        for node in nodes:
            node.end()
        cluster.remove()


def says(node: Node, title: str) -> bool:
    return f">{title}</h1>".encode() in node.ask(SEEN).body


def test_what_one_publishes_the_other_says_within_a_second(network):
    for number in range(3):
        at = network.publish(network.one, f"Told {number}")
        time.sleep(max(0, at + ANOTHER_MACHINE - time.monotonic()))
        assert says(network.two, f"Told {number}")
        assert says(network.one, f"Told {number}")


def test_one_that_is_cut_off_says_what_it_knows_and_takes_nothing(network):
    network.publish(network.two, "Before")
    time.sleep(ANOTHER_MACHINE)
    assert says(network.one, "Before")
    with network.database.without("cable1"):
        network.publish(network.two, "Meanwhile")
        assert says(network.two, "Meanwhile")
        assert says(network.one, "Before")
        assert network.one.ask("/healthz").status == 200
        assert network.one.ask("/readyz").status == 503
        assert [network.one.ask(next(PAGES)).status, network.one.vote("cut off").status] == [503, 503]
        assert network.two.vote("beside it").status == 303
    _until(lambda: network.one.ask("/readyz").status == 200)
    time.sleep(ANOTHER_MACHINE)
    assert says(network.one, "Meanwhile")
    assert network.one.vote("back").status == 303


def test_the_database_dies_and_comes_back(network):
    network.publish(network.one, "Before it died")
    time.sleep(ANOTHER_MACHINE)
    both = (network.one, network.two)
    assert all(says(node, "Before it died") for node in both)
    network.cluster.kill()
    for node in both:
        assert says(node, "Before it died")
        assert [node.ask(next(PAGES)).status, node.vote("none").status] == [503, 503]
    network.cluster.start()
    for node in both:
        _until(lambda node=node: node.ask("/readyz").status == 200)
        assert node.ask(next(PAGES)).status == 200
        assert node.vote("again").status == 303
    at = network.publish(network.two, "After")
    time.sleep(max(0, at + ANOTHER_MACHINE - time.monotonic()))
    assert says(network.one, "After")


def test_a_database_that_says_nothing_keeps_nobody_from_reading(network):
    network.publish(network.two, "Before it was stopped")
    time.sleep(ANOTHER_MACHINE)
    node = network.one
    assert says(node, "Before it was stopped")
    with network.cluster.stopped():
        Bell(node.folder / "bell").ring()  # as whoever writes does
        assert Counter(node.machine.do(_at_once, node, SEEN)) == {200: 200}
        assert [node.ask(next(PAGES)).status, node.vote("stopped").status] == [503, 503]
        assert node.ask("/readyz").status == 503
        assert Counter(node.machine.do(_at_once, node, SEEN)) == {200: 200}
    for each in (network.one, network.two):
        _until(lambda node=each: node.ask("/readyz").status == 200)
        assert each.vote("after it was stopped").status == 303
    at = network.publish(network.two, "After it was stopped")
    time.sleep(max(0, at + ANOTHER_MACHINE - time.monotonic()))
    assert says(node, "After it was stopped")


def test_a_command_that_waits_for_an_answer_hears_that_the_cable_is_out(network):
    slow = "SELECT pg_sleep(280)"
    with ThreadPoolExecutor(1) as pool:
        story = f"from django.db import connection; connection.cursor().execute({slow!r})"
        command = pool.submit(network.one.manage, "shell", "-c", story)
        _until(lambda: slow in network.cluster.says("SELECT query FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
        with network.database.without("cable1"):
            assert "OperationalError" in command.result(60).stderr


def _at_once(node, path):
    """The statuses of 200 answers, to more readers than the server has threads."""
    with ThreadPoolExecutor(40) as readers:
        return list(readers.map(lambda _number: node.ask(path, timeout=10).status, range(200)))


def _until(story) -> None:
    for _try in range(300):
        if story():
            return
        time.sleep(0.1)
    pytest.fail("it did not come back")
