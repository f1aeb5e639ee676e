"""Machines with networks of their own: namespaces that a test made, cables that it can pull out, a PostgreSQL in one.

Nothing of it is seen outside, and all of it is gone with the process. Needs root.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.operations.sites import Answered, Site


class Machine:
    """A thread in a network namespace of its own. What it starts is in there with it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._place = self.do(self._moved_in)
        self.run("ip", "link", "set", "lo", "up")

    def do[T](self, story: Callable[..., T], *args: object) -> T:
        """What it returns when this machine does it."""
        return self._thread.submit(story, *args).result()

    def is_here(self) -> bool:
        """Whether it is this machine that asks."""
        return bool(Path("/proc/thread-self/ns/net").samefile(self._place))

    def run(self, *command: str) -> str:
        """What a command says on this machine."""
        options = {"capture_output": True, "text": True, "check": True, "timeout": 60}
        return str(self.do(lambda: subprocess.run(command, **options).stdout))  # type: ignore[call-overload]

    def _moved_in(self) -> str:
        os.unshare(os.CLONE_NEWNET)
        return f"/proc/{os.getpid()}/task/{threading.get_native_id()}/ns/net"

    def cable_to(self, other: "Machine", number: int) -> None:
        """The two reach each other, this one as 10.77.`number`.1, the other as 10.77.`number`.2."""
        thread = other._place.split("/")[4]
        self.run(*f"ip link add cable{number} type veth peer name cable netns {thread}".split())
        for machine, end, address in ((self, f"cable{number}", 1), (other, "cable", 2)):
            machine.run(*f"ip address add 10.77.{number}.{address}/24 dev {end}".split())
            machine.run("ip", "link", "set", end, "up")

    @contextmanager
    def without(self, *ends: str) -> Iterator[None]:
        """Meanwhile these cables are pulled out: nobody says no, nothing arrives."""
        for end in ends:
            self.run("ip", "link", "set", end, "down")
        try:
            yield
        finally:
            for end in ends:
                self.run("ip", "link", "set", end, "up")


class Node(Site):
    """The site on a machine of its own, asked from there."""

    def __init__(self, machine: Machine, folder: Path, database: str) -> None:
        self.machine = machine
        super().__init__(folder, database=database, port=8000)

    def start(self) -> None:
        self.machine.do(super().start)

    def ask(self, path: str, data: bytes | None = None, timeout: float = 30, **headers: str) -> Answered:
        asked = super().ask
        if self.machine.is_here():
            return asked(path, data, timeout, **headers)
        return self.machine.do(lambda: asked(path, data, timeout, **headers))

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        return self.machine.do(super().manage, *command)


class Cluster:
    """A PostgreSQL that listens on every network of its machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.folder = Path(tempfile.mkdtemp())
        self._programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        user = pwd.getpwnam("postgres")
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._run("initdb", "--username=site", "--auth=trust", "--encoding=UTF8")
        with (self.folder / "data" / "pg_hba.conf").open("a") as who:
            who.write("host all all 10.77.0.0/16 trust\n")
        self.start()

    def start(self) -> None:
        """Listen."""
        options = f"-k {self.folder} -c listen_addresses=*"
        self._run("pg_ctl", "--wait", "--log", str(self.folder / "log"), "--options", options, "start")

    def kill(self) -> None:
        """As a loss of power does."""
        self._run("pg_ctl", "--mode=immediate", "stop")

    def log(self) -> str:
        """What it has said of itself."""
        return (self.folder / "log").read_text("utf-8")

    def says(self, query: str) -> str:
        """What it answers somebody at its own machine."""
        psql = str(self._programs / "psql")
        return self.machine.run(psql, "-h", str(self.folder), "-U", "site", "-d", "postgres", "-tAc", query)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Meanwhile it does nothing, while its system goes on: connections are accepted, what is sent arrives."""
        server = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        stopped: list[int] = []
        try:
            os.kill(server, signal.SIGSTOP)  # first: it makes the others
            stopped.append(server)
            for process in _children(server):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGSTOP)
                    stopped.append(process)
            yield
        finally:
            for process in stopped:
                os.kill(process, signal.SIGCONT)

    def remove(self) -> None:
        """End it and leave nothing."""
        self.kill()
        shutil.rmtree(self.folder)

    def _run(self, program: str, *options: str) -> None:
        self.machine.run(
            *("runuser", "-u", "postgres", "--", str(self._programs / program), "-D", str(self.folder / "data")),
            *options,
        )


def _children(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
