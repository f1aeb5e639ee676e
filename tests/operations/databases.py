"""The databases of the torture: one that is written to, and empty ones for imports. All are gone at the end."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from django.core.management import call_command
from django.db import connection, connections
from django.db.utils import ConnectionHandler

from helpcenter.archive.exporting import export
from tests.builders import a_site, a_user, an_article

ARTICLES = 12


class Databases:
    """On SQLite files in a folder, on PostgreSQL databases of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.archive = folder, folder / "archive"
        self.settings = connections["default"].settings_dict
        self.given = self.settings["NAME"]
        self.kind = connection.vendor
        self.made: list[str] = []
        self.rows = 0

    def __enter__(self) -> Self:
        self.template = self._made()
        self._create(self.template)
        with self.at(self.template):
            call_command("migrate", verbosity=0, interactive=False)
        self.main = self._copy()
        self.use(self.main)
        return self

    def __exit__(self, *error: object) -> None:
        connections.close_all()
        self.use(self.given)
        if self.kind == "postgresql":
            for name in self.made:
                self._maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def fill(self) -> None:
        """A small site with people and articles, and the same as an archive."""
        a_site()
        for number in range(ARTICLES):
            an_article(f"written-{number}")
        for name in ("author", "reviewer", "publisher"):
            a_user(name)
        self.rows = export(self.archive, quiet=True)
        connection.close()

    def empty_copy(self) -> str:
        """A migrated database without content."""
        connections.close_all()
        return self._copy()

    def use(self, name: str) -> None:
        """From now on the default database is that one."""
        connections["default"].close()
        connections["default"] = ConnectionHandler({"default": {**self.settings, "NAME": name}})["default"]

    @contextmanager
    def at(self, name: str) -> Iterator[None]:
        """Within, the default database is that one."""
        before = connections["default"].settings_dict["NAME"]
        self.use(name)
        try:
            yield
        finally:
            self.use(before)

    def _copy(self) -> str:
        name = self._made()
        if self.kind == "sqlite":
            shutil.copyfile(self.template, name)
        else:
            self._maintain(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        return name

    def _made(self) -> str:
        name = f"torture_{uuid4().hex}"
        name = str(self.folder / f"{name}.sqlite3") if self.kind == "sqlite" else name
        self.made.append(name)
        return name

    def _create(self, name: str) -> None:
        if self.kind == "postgresql":
            self._maintain(f'CREATE DATABASE "{name}"')

    def _maintain(self, statement: str) -> Any:
        with self.at(self.given), connection.cursor() as cursor:
            cursor.execute(statement)
