"""A backup is one file with the whole database as it was at one instant, looked through before it gets its name.

SQLite's own backup interface and PostgreSQL's pg_dump, not django-dbbackup: it copies the same two ways, but looks at
nothing afterwards.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.db import connection

from helpcenter.operations.files import clean, whole

SUFFIXES = {"sqlite": ".sqlite3", "postgresql": ".pgdump"}


NOTED = "backed_up"
"""A file in DATA_DIR that is as old as the last backup."""


class Damaged(Exception):
    """What is in the file is not a whole database."""


class NotEmpty(Exception):
    """There is something already where the backup would go."""


def back_up(folder: Path, now: datetime, *, keep: int) -> Path:
    """Write a backup into the folder, and delete all but the newest `keep`. Raises Damaged."""
    folder.mkdir(parents=True, exist_ok=True)
    clean(folder)
    suffix = SUFFIXES[connection.vendor]
    file = folder / f"{now:%Y-%m-%dT%H-%M-%S-%f}Z{suffix}"
    with whole(file) as partial:
        if connection.vendor == "sqlite":
            _copy(str(connection.settings_dict["NAME"]), partial)
        else:
            _run("pg_dump", *_where(), "--format=custom", "--no-owner", "--file", str(partial))
        look_through(partial, suffix)
    others = sorted(set(folder.glob(f"[0-9]*Z{suffix}")) - {file})  # never this one, whatever the clock has said before
    for old in others[: max(0, len(others) + 1 - keep)]:
        old.unlink()
    return file


def note_backup(folder: Path) -> None:
    """There is one, of now. Noted where the site looks for it: backups may lie on another disk, or machine."""
    (folder / NOTED).touch()


def last_backup(folder: Path) -> float | None:
    """The timestamp of the last one that was noted."""
    file = folder / NOTED
    return file.stat().st_mtime if file.exists() else None


def restore(file: Path) -> None:
    """Bring a backup into a database that has nothing in it. Raises NotEmpty and Damaged."""
    if file.suffix != SUFFIXES[connection.vendor]:
        raise Damaged(f"{file.name} is not of this kind of database ({SUFFIXES[connection.vendor]})")
    refuse_what_is_there()
    look_through(file, file.suffix)
    if connection.vendor == "sqlite":
        target = Path(connection.settings_dict["NAME"])
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole(target) as partial:
            _copy(str(file), partial)
            look_through(partial, file.suffix)
    else:
        _run("pg_restore", *_where(), "--single-transaction", "--exit-on-error", "--no-owner", str(file))


def refuse_what_is_there() -> None:
    """Nothing is ever written over. Raises NotEmpty."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        there = [each for each in (name, f"{name}-wal", f"{name}-shm") if Path(each).exists()]
    else:
        there = connection.introspection.table_names()
    if there:
        raise NotEmpty(", ".join(sorted(there)[:3]))


def look_through(file: Path, suffix: str) -> None:
    """Read all of it. Raises Damaged."""
    if suffix == SUFFIXES["postgresql"]:
        _run("pg_restore", "--file", os.devnull, str(file))  # says it all to nobody, and so reads it all
        return
    try:
        # Immutable: a backup is one file, and looking at it leaves no others beside it.
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)) as copy:
            found = [row[0] for row in copy.execute("PRAGMA integrity_check")]
            strays = copy.execute("PRAGMA foreign_key_check").fetchall()
            tables = copy.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{file.name}: {error}") from error
    if found != ["ok"] or strays or not tables:
        raise Damaged(f"{file.name}: {', '.join(found[:3])}; {len(strays)} rows point at nothing; {tables} tables")


def _copy(source: str, target: Path) -> None:
    """In one step, so that it is of one instant however many write meanwhile; they do not wait for it."""
    address = f"{Path(source).absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)
        written.execute("PRAGMA journal_mode=DELETE")  # one file, without another beside it


def _where() -> list[str]:
    """Where the database is, as Django tells `psql`."""
    _psql, *where, name = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])[0]
    return [*where, "--dbname", name]


def _run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs. The password goes by the environment, which others do not see."""
    secrets = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])[1] or {}
    try:
        command = [shutil.which(program) or program, *arguments]
        subprocess.run(command, env={"PATH": os.defpath} | secrets, check=True, capture_output=True, text=True)
    except OSError as error:
        raise Damaged(f"{program} is not there") from error
    except subprocess.CalledProcessError as error:
        raise Damaged(f"{program}: {error.stderr.strip()}") from error
