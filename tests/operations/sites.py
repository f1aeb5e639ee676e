"""The real site as a process of its own, started and ended by a test or a drill."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPMessage
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
VOTE = "/en/feedback/en/cancel-web/1/"


@dataclass
class Answered:
    """What it said."""

    status: int
    headers: HTTPMessage
    body: bytes


class _HereOnly(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


_opener = urllib.request.build_opener(_HereOnly)


@dataclass
class Site:
    """`manage.py serve` over a folder, on a free port. With `database`, on that one; `settings` are more variables."""

    folder: Path
    database: str = ""
    port: int = field(default_factory=lambda: free_port())
    process: subprocess.Popen[bytes] | None = None
    settings: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    @property
    def surroundings(self) -> dict[str, str]:
        """Its environment."""
        kept = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "DATABASE_URL")}
        kept |= {"DATA_DIR": str(self.folder), "HOST": "127.0.0.1", "PORT": str(self.port)}
        return kept | ({"DATABASE_URL": self.database} if self.database else {}) | self.settings

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"], cwd=ROOT, env=self.surroundings, stdout=log, stderr=log
            )
        for _try in range(1200):
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            try:
                if self.ask("/readyz").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError("it did not become ready")

    @property
    def worker(self) -> int:
        """The process that answers."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return int(children.split()[-1])

    def end(self) -> None:
        """As the machine ends it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)

    def kill(self) -> None:
        """As a loss of power does, for the process and its worker."""
        assert self.process
        worker = self.worker
        self.process.kill()
        os.kill(worker, signal.SIGKILL)
        self.process.wait()

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command beside it."""
        line = [sys.executable, "manage.py", *command]
        return subprocess.run(line, cwd=ROOT, env=self.surroundings, capture_output=True, text=True, timeout=300)

    def ask(self, path: str, data: bytes | None = None, timeout: float = 30, **headers: str) -> Answered:
        """One request, by a connection of its own. What it refuses is an answer, too."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data, headers=headers)
        try:
            with _opener.open(request, timeout=timeout) as answer:
                return Answered(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answered(error.code, error.headers, error.read())

    def vote(self, reader: str, timeout: float = 30) -> Answered:
        """Somebody says that a text helped."""
        return self.ask(VOTE, b"helped=yes", timeout=timeout, **{"User-Agent": reader})


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
