"""Coming up and going down: nobody who has asked is left without an answer."""

import os
import signal
import socket
import time
from pathlib import Path

import pytest

from helpcenter.delivery import granian
from tests.operations.load import Readers
from tests.operations.sites import Site


@pytest.fixture
def leaving(site, tmp_path):
    """A site that the test may end; its content is there already."""
    other = Site(site.folder)
    other.start()
    yield other
    other.end()


def test_it_says_that_it_leaves_before_it_does_and_finishes_what_it_was_asked(leaving):
    slow = socket.create_connection(("127.0.0.1", leaving.port))
    body = b"address=%2Fen%2Fwizard%2F"
    head = f"POST /en/wizard/count/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    slow.sendall(head.encode() + body[:5])
    time.sleep(0.3)  # it is being answered
    leaving.process.send_signal(signal.SIGTERM)
    told = [leaving.ask("/readyz") for _try in range(20) if time.sleep(0.02) is None]
    assert (told[-1].status, told[-1].body) == (503, b"not ready: leaving\n")
    assert leaving.ask("/en/").status == 200  # whoever was sent here is answered
    for _try in range(400):
        try:
            leaving.ask("/healthz", timeout=2)
        except OSError:
            break
        time.sleep(0.05)
    slow.sendall(body[5:])
    assert slow.recv(100).startswith(b"HTTP/1.1 204")
    slow.close()
    assert leaving.process.wait(timeout=60) == 0
    assert not [*leaving.folder.glob("leaving.*")]
    assert not granian.running(leaving.folder, leaving.port).exists()


def test_ctrl_c_does_not_wait_for_a_balancer(leaving, monkeypatch):
    leaving.process.send_signal(signal.SIGINT)
    assert leaving.process.wait(timeout=60) == 0


def test_a_worker_is_replaced_and_nobody_notices(leaving):
    old = leaving.worker
    readers = Readers(leaving.port, a_second=20, readers=4)
    done = leaving.manage("serve", "--again")
    for _try in range(600):
        time.sleep(0.1)
        if leaving.worker != old and not Path(f"/proc/{old}").exists():
            break
    time.sleep(1)
    load = readers.stop()
    assert done.returncode == 0, done.stderr
    assert leaving.worker != old
    assert (load.failed, {*load.answered}) == ([], {200})


def test_a_worker_that_dies_is_replaced(leaving):
    old = leaving.worker
    os.kill(old, signal.SIGKILL)
    for _try in range(300):
        try:
            assert leaving.ask("/readyz").status == 200
        except OSError:
            time.sleep(0.1)
        else:
            break
    assert leaving.worker != old


def test_files_that_came_after_the_start_are_there(site):
    """While a new worker and an old one answer side by side, pages of the new one name files that the old lacks."""
    new = site.folder / "static" / "css" / "later.0123456789ab.css"
    new.write_text("p{}")
    answered = site.ask("/static/css/later.0123456789ab.css")
    assert (answered.status, answered.body, answered.headers["Content-Type"]) == (200, b"p{}", "text/css")
    assert {site.ask(f"/static/{up}/db.sqlite3").status for up in ("..", "%2e%2e")} <= {400, 404}


def test_nobody_is_told_where_nobody_listens(site):
    other = Site(site.folder)
    done = other.manage("serve", "--again")
    assert (done.returncode, done.stderr) == (
        6,
        f"CommandError: no server of this DATA_DIR listens on port {other.port}\n",
    )


def test_two_at_once_share_what_they_serve(site, leaving):
    """Beside each other over one DATA_DIR; one leaves, the other is as ready as before."""
    leaving.process.send_signal(signal.SIGTERM)
    ready = {site.ask("/readyz").status for _try in range(10)}
    assert leaving.process.wait(timeout=60) == 0
    assert ready == {200}
