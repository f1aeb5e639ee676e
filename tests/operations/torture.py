"""`make torture KILLS=1000`: processes that write through the real verbs are killed at random moments.

Each says what it has done once it is committed, into a pipe that outlives it. After every few kills: the database is
whole, everything that was said is there, and nothing is there by half. Exit code 1 if not. On SQLite; with an address
of PostgreSQL on which databases may be created, there.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.operations.databases import Databases

type Say = Callable[..., None]
type Doing = Callable[["Torture", int, Say], None]

AT_ONCE = 5
"""Processes that write beside each other, each until its own kill."""

MOST_REFUSED = 0.01
"""So many of what was begun may hear that the database is locked: five at once wait long, few in vain."""

SECONDS = 2
"""So long one lives at most, or three times what its work takes, if that is longer."""


@dataclass
class Said:
    """What the killed have said before."""

    states: dict[int, str] = field(default_factory=dict)
    published: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Live changes: their revisions, and the title of each."""
    plans: dict[int, str | None] = field(default_factory=dict)
    """When each is to come; None if it was withdrawn."""
    votes: dict[int, bool] = field(default_factory=dict)
    stayed: dict[tuple[str, int], str] = field(default_factory=dict)
    """What versions and plans had said last when the next step of theirs was refused: it was not done."""
    backups: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)


class Wrong(Exception):
    """Something was lost, or is there by half."""


class Torture:
    """The site that is written to, and what is known of it."""

    def __init__(self, databases: "Databases", folder: Path) -> None:
        self.databases, self.folder = databases, folder
        self.said, self.done, self.kills = Said(), Counter[str](), Counter[str]()
        self.spare = databases.empty_copy()
        self.lasts: dict[str, float] = {}

    def kill(self, kills: int, chance: random.Random) -> None:
        """So many, in rounds; whatever is wrong afterwards is raised (Wrong)."""
        from tests.operations.doing import DOINGS

        names = list(DOINGS)
        self.lasts = {name: self._once(DOINGS[name]) for name in names}
        self.look(deep=True)
        while self.kills.total() < kills:
            begun = [(name, *self._fork(DOINGS[name], number)) for number, name in enumerate(self._pick(names, chance))]
            now = time.monotonic()
            lives = {name: max(SECONDS, 3 * self.lasts[name]) for name in names}
            ends = sorted((now + chance.uniform(0, lives[name]), name, pid, pipe) for name, pid, pipe in begun)
            alive = {pid for _due, _name, pid, _pipe in ends}
            try:
                for due, name, pid, pipe in ends:
                    time.sleep(max(0, due - time.monotonic()))
                    os.kill(pid, signal.SIGKILL)
                    alive.discard(pid)
                    self._ended(pid, expected=signal.SIGKILL)
                    self.kills[name] += 1
                    self._hear(pipe)
            finally:
                for pid in alive:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
            self.look()
        self.look(deep=True)

    def _pick(self, names: list[str], chance: random.Random) -> list[str]:
        """Some write to the same documents, some to others; one import and one backup at a time."""
        rare = [name for name in names if name in ("importing", "backing up")]
        often = [name for name in names if name not in rare]
        return [chance.choice(rare), *(chance.choice(often) for _ in range(AT_ONCE - 1))]

    def _once(self, doing: Doing) -> float:
        """How long it takes, done to its end."""
        began = time.monotonic()
        pid, pipe = self._fork(doing, 0, once=True)
        self._ended(pid, expected=0)
        self._hear(pipe)
        return time.monotonic() - began

    def _fork(self, doing: Doing, number: int, *, once: bool = False) -> tuple[int, int]:
        """A process that does it over and over, or once; and the pipe by which it says what it has done."""
        from django.db import OperationalError, connections

        connections.close_all()
        heard, says = os.pipe()
        pid = os.fork()
        if pid:
            os.close(says)
            return pid, heard
        try:
            random.seed()

            last: tuple[Any, ...] = ()

            def say(*what: Any) -> None:
                nonlocal last
                os.write(says, json.dumps(what).encode() + b"\n")
                last = what

            while True:
                say("begun")
                try:
                    doing(self, number, say)
                except OperationalError as error:
                    if "locked" not in str(error):
                        raise
                    say("refused", *last)
                if once:
                    os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)

    def _ended(self, pid: int, *, expected: int) -> None:
        _pid, status = os.waitpid(pid, 0)
        if os.waitstatus_to_exitcode(status) != -expected:
            raise Wrong(f"a writer ended by itself: {os.waitstatus_to_exitcode(status)}")

    def _hear(self, pipe: int) -> None:
        with open(pipe, "rb") as file:
            before = ""
            for line in file.read().splitlines():
                what, *how = json.loads(line)
                self.done[what] += 1
                if before == "refused" and what != "begun":
                    raise Wrong(f"what was refused was done: {what} {how}")
                before = what
                match what:
                    case "refused" if how[0] in ("state", "planned", "moved"):
                        self.said.stayed[how[0], how[1]] = how[2]
                    case "state":
                        self.said.states[how[0]] = how[1]
                    case "published":
                        self.said.published[how[0]] = how[1], how[2]
                        self.said.states[how[1]] = "published"
                    case "planned" | "moved" | "withdrawn":
                        self.said.plans[how[0]] = how[1]
                    case "voted":
                        self.said.votes[how[0]] = how[1]
                    case "backed up":
                        self.said.backups.add(how[0])
                    case "imported":
                        self.said.imported.add(how[0])

    def look(self, *, deep: bool = False) -> None:
        """Raises Wrong for what is not as it was said to be, or by half."""
        from tests.operations import looking

        for found in looking.wrong(self, deep=deep):
            raise Wrong(found)
        if self.done["refused"] > max(AT_ONCE, MOST_REFUSED * self.done["begun"]):
            raise Wrong(f"of {self.done['begun']} that were begun {self.done['refused']} heard that it is locked")
        self.spare = looking.after_an_import(self)


def main() -> int:
    """The whole of it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("kills", type=int)
    arguments.add_argument("database", nargs="?", default="")
    arguments.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4)))
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"DATA_DIR": name, "SECRET_KEY": "torture", "DJANGO_SETTINGS_MODULE": "helpcenter.settings"}
        if given.database:
            os.environ["DATABASE_URL"] = given.database
        import django

        django.setup()
        from tqdm import tqdm

        from tests.operations.databases import Databases

        tqdm.monitor_interval = 0  # no thread of its own: what is forked has only one

        with Databases(folder) as databases:
            databases.fill()
            torture, began = Torture(databases, folder), time.monotonic()
            kind, wrong = databases.kind, ""
            try:
                torture.kill(given.kills, random.Random(given.seed))
            except Wrong as error:
                wrong = str(error)
    say = sys.stdout.write
    counts = ", ".join(f"{name} {times}" for name, times in sorted(torture.kills.items()))
    say(f"{kind}, seed {given.seed}: {torture.kills.total()} kills in {time.monotonic() - began:.0f} s ({counts})\n")
    say(f"said and found: {', '.join(f'{what} {times}' for what, times in sorted(torture.done.items()))}\n")
    say(f"{torture.done['refused']} of {torture.done['begun']} that were begun heard that it is locked\n")
    say(f"WRONG: {wrong}\n" if wrong else "nothing lost, nothing by half, integrity good\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
