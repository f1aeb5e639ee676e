"""A database of its own, with real commits, for what a test's transaction would hide: shells, and two at once.

Not pytest-django's `transactional_db`: it empties the tables after a test, which is what our triggers refuse.
"""

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import connection, connections
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker


class OwnDatabase:
    """A migrated database that stays outside of every test's transaction."""

    def __init__(self, name: str, blocker: DjangoDbBlocker) -> None:
        self.name, self.blocker = name, blocker
        self.settings = {**connections.settings["default"], "NAME": name, "CONN_MAX_AGE": 0}

    @contextmanager
    def here(self) -> Iterator[None]:
        """In this thread `default` is this database. Only for threads that a test starts."""
        with self.blocker.unblock():
            connections["default"] = ConnectionHandler({"default": self.settings})["default"]
            try:
                yield
            finally:
                connections["default"].close()

    def run(self, *stories: Callable[[], Any]) -> list[Any]:
        """What each story returns or raises, all begun at the same instant, each in a thread of its own."""
        start = threading.Barrier(len(stories))

        def tell(story: Callable[[], Any]) -> Any:
            with self.here():
                connection.ensure_connection()
                start.wait(timeout=20)
                try:
                    return story()
                except Exception as error:
                    return error

        with ThreadPoolExecutor(len(stories)) as pool:
            return list(pool.map(tell, stories))

    def do(self, story: Callable[[], Any]) -> Any:
        """What one story returns; what it raises is raised here."""
        (result,) = self.run(story)
        if isinstance(result, Exception):
            raise result
        return result

    def shell(self, statement: str) -> subprocess.CompletedProcess[str]:
        """Run one statement in the database's own shell, as somebody with the keys to the machine would."""
        command = [sys.executable, "-m", "sqlite3", self.name, statement]
        env = None
        if connection.vendor == "postgresql":
            where = self.settings
            env = {"PGPASSWORD": where["PASSWORD"], "PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": "C.UTF-8"}
            command = ["psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-tA", "-c", statement, "-d", self.name]
            command += ["-h", where["HOST"], "-p", str(where["PORT"] or 5432), "-U", where["USER"]]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=20, check=False)

    def rows(self, query: str) -> str:
        """What a query answers in the shell."""
        answer = self.shell(query)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout


class Template:
    """The migrated schema without rows, copied for each database of its own."""

    def __init__(self, folder: Path, blocker: DjangoDbBlocker) -> None:
        self.folder, self.blocker = folder, blocker
        self.made: list[str] = []
        with blocker.unblock():
            self.name = str(folder / "template.sqlite3") if connection.vendor == "sqlite" else self._name()
            if connection.vendor == "sqlite":
                connection.ensure_connection()
                with sqlite3.connect(self.name) as file:
                    connection.connection.backup(file)
                file.close()
            else:
                tested = str(connection.settings_dict["NAME"])
                connection.close()  # PostgreSQL copies a database only while nobody is connected to it
                self._maintain(f'CREATE DATABASE "{self.name}" TEMPLATE "{tested}"')

    def copy(self) -> OwnDatabase:
        """A fresh database."""
        if connection.vendor == "sqlite":
            name = str(self.folder / f"{uuid4().hex}.sqlite3")
            shutil.copyfile(self.name, name)
        else:
            name = self._name()
            self._maintain(f'CREATE DATABASE "{name}" TEMPLATE "{self.name}"')
        self.made.append(name)
        return OwnDatabase(name, self.blocker)

    def remove(self) -> None:
        """Leave nothing on the server; files go with their folder."""
        if connection.vendor == "postgresql":
            for name in (*self.made, self.name):
                self._maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _name(self) -> str:
        return f"own_{uuid4().hex}"

    def _maintain(self, statement: str) -> None:
        with the_server() as server:
            server.execute(statement)


def the_server() -> Any:
    """A connection to PostgreSQL beside its databases, to make, remove or close one."""
    import psycopg

    where = connection.settings_dict
    return psycopg.connect(
        host=where["HOST"],
        port=where["PORT"] or None,
        user=where["USER"],
        password=where["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    )
