"""A backup is whole or is not there; it comes back into an empty database and never over another."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection

from helpcenter.operations import backups, database, files
from helpcenter.operations.replication import PROGRAM, configuration
from helpcenter.publishing.models import Document, LiveChange, Revision
from tests.builders import an_article

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def rows():
    return [sorted(model.objects.values_list("pk", flat=True)) for model in (Document, Revision, LiveChange)]


def backed_up(database, folder, now=NOON, keep=3):
    return database.do(lambda: backups.back_up(folder, now, keep=keep))


@pytest.fixture
def empty(template):
    """A database in which there is nothing at all: none, on SQLite."""
    other = template.copy()
    if connection.vendor == "postgresql":
        other.rows("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return other


def into(database, restoring):
    """What restoring does where there is nothing."""

    def story():
        connection.close()
        if connection.vendor == "sqlite":
            for each in Path(database.name).parent.glob(f"{Path(database.name).name}*"):
                each.unlink()
        return restoring()

    return database.do(story)


def test_what_was_backed_up_comes_back(own_database, empty, tmp_path):
    own_database.do(an_article)
    before = own_database.do(rows)
    assert before[0]
    file = backed_up(own_database, tmp_path)
    into(empty, lambda: backups.restore(file))
    assert empty.do(rows) == before
    with pytest.raises(Exception, match="published revision is never"):  # the rules have come along
        empty.do(lambda: Revision.objects.update(note="x"))


def test_nothing_is_restored_over_anything(own_database, tmp_path):
    own_database.do(an_article)
    file, before = backed_up(own_database, tmp_path), own_database.do(rows)
    with pytest.raises(backups.NotEmpty):
        own_database.do(lambda: backups.restore(file))
    assert own_database.do(rows) == before


def test_a_damaged_backup_is_refused_and_leaves_nothing(own_database, empty, tmp_path):
    own_database.do(an_article)
    file = backed_up(own_database, tmp_path)
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = b"x" * 3000
    file.write_bytes(content)
    with pytest.raises(backups.Damaged):
        into(empty, lambda: backups.restore(file))
    if connection.vendor == "sqlite":
        assert not Path(empty.name).exists()


def test_a_backup_that_fails_has_no_name_and_costs_no_other(own_database, tmp_path):
    old = backed_up(own_database, tmp_path)
    with patch.object(backups, "look_through", side_effect=backups.Damaged("x")), pytest.raises(backups.Damaged):
        backed_up(own_database, tmp_path, NOON + timedelta(days=1), keep=1)
    assert [*tmp_path.iterdir()] == [old]


def test_what_a_kill_left_half_done_is_taken_away(own_database, tmp_path):
    (tmp_path / ".x.sqlite3.abc.partial").write_text("half")
    file = backed_up(own_database, tmp_path)
    assert [*tmp_path.iterdir()] == [file]


def test_so_many_are_kept_and_only_backups_are_deleted(own_database, tmp_path):
    (tmp_path / "notes").write_text("mine")
    made = [backed_up(own_database, tmp_path, NOON + timedelta(days=day)) for day in range(5)]
    assert {*tmp_path.iterdir()} == {tmp_path / "notes", *made[2:]}


def test_the_one_just_made_is_kept_though_the_clock_was_ahead_once(own_database, tmp_path):
    ahead = tmp_path / f"2099-01-01T00-00-00-000000Z{backups.SUFFIXES[connection.vendor]}"
    ahead.touch()
    assert [backed_up(own_database, tmp_path, keep=1)] == [*tmp_path.iterdir()]


def test_only_its_owner_reads_it(own_database, tmp_path):
    assert backed_up(own_database, tmp_path).stat().st_mode & 0o077 == 0


def test_a_backup_is_of_one_instant_while_others_write(own_database, tmp_path):
    made = own_database.run(
        lambda: backups.back_up(tmp_path, NOON, keep=1), *(lambda n=n: an_article(f"text-{n}").pk for n in range(3))
    )
    assert not [each for each in made if isinstance(each, Exception)]
    backups_suffix = backups.SUFFIXES[connection.vendor]
    own_database.do(lambda: backups.look_through(made[0], backups_suffix))


def test_what_stands_there_already_is_never_written_over(tmp_path):
    file = tmp_path / "there"
    file.write_text("mine")
    with pytest.raises(FileExistsError), files.whole(file) as partial:
        partial.write_text("other")
    assert file.read_text() == "mine"
    assert [*tmp_path.iterdir()] == [file]


def test_the_commands_say_what_they_did_or_why_not(own_database, tmp_path):
    said = StringIO()
    own_database.do(lambda: call_command("backup", tmp_path, keep=2, stdout=said))
    (file,) = tmp_path.iterdir()
    assert str(file) in said.getvalue()
    with pytest.raises(CommandError, match="has something in it already"):
        own_database.do(lambda: call_command("restore", str(file)))
    with pytest.raises(CommandError, match="at least 1"):
        own_database.do(lambda: call_command("backup", tmp_path, keep=0))
    with pytest.raises(CommandError, match="nothing was restored"):
        own_database.do(lambda: call_command("restore", str(tmp_path / "nothing")))


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_replica_comes_back(own_database, empty, tmp_path):
    import subprocess

    own_database.do(an_article)
    told = configuration(Path(own_database.name), str(tmp_path / "replica"), tmp_path)
    subprocess.run([PROGRAM, "replicate", "-once", "-config", told], check=True, timeout=60)
    into(empty, lambda: call_command("restore", str(tmp_path / "replica"), stdout=StringIO()))
    assert empty.do(rows) == own_database.do(rows)
    with pytest.raises(CommandError, match="has something in it already"):
        own_database.do(lambda: call_command("restore", str(tmp_path / "replica")))


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_the_database_is_as_the_data_needs_it(own_database):
    def settings():
        with connection.cursor() as cursor:
            return {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}

    # Every commit is on the disk, the log is brought in again and again, whoever waits does so for a while.
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10000,
        "wal_autocheckpoint": 1000,
    }
    assert own_database.do(settings) == wanted


def test_where_it_is_replicated_to_is_never_there_by_half(tmp_path):
    file = configuration(tmp_path / "db.sqlite3", "first", tmp_path)
    (tmp_path / "as_it_was").hardlink_to(file)
    assert configuration(tmp_path / "db.sqlite3", "second", tmp_path) == file
    assert "second" in file.read_text()
    assert "first" in (tmp_path / "as_it_was").read_text(), "another file has its name now"


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_the_server_is_asked_for_the_same(own_database):
    def settings():
        with connection.cursor() as cursor:
            return [cursor.execute(f"SHOW {name}").fetchone()[0] for name in ("synchronous_commit", "lock_timeout")]

    assert own_database.do(settings) == ["on", "10s"]


@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.parametrize(("held_by", "usable"), [("LONGEST_STATEMENT", True), ("LONGEST_SILENCE", False)])
def test_the_server_waits_for_no_statement_for_ever(own_database, monkeypatch, held_by, usable):
    monkeypatch.setattr(database, held_by, 0.2)

    def waited():
        database.bound(connection)
        with pytest.raises(OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")
        return connection.is_usable()

    assert own_database.do(waited) is usable


def test_a_file_that_is_no_database_is_no_backup(tmp_path):
    file = tmp_path / "a.sqlite3"
    with closing(sqlite3.connect(file)):
        pass
    with pytest.raises(backups.Damaged):
        backups.look_through(file, ".sqlite3")
