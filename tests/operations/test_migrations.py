"""Migrations go forwards and back, with the database's own rules; a release runs on the tables of the next one."""

from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

RELEASED: dict[str, str] = {}
"""The last migration of each app in the release that people run; there is none yet. `breaks` holds for later ones."""


@pytest.mark.django_db
def test_forwards_back_to_nothing_and_forwards_again(own_database):
    def there_and_back():
        schemas = [schema()]
        for label in ours():
            call_command("migrate", label, "zero", verbosity=0, interactive=False)
        schemas.append(schema())
        call_command("migrate", verbosity=0, interactive=False)
        return *schemas, schema()

    before, nothing, again = own_database.do(there_and_back)
    assert len(before) > 100
    assert not [row for row in nothing if row[0] in ("trigger", "function") or row[1].startswith(tuple(ours()))]
    assert again == before


def ours():
    """The apps of this project that have tables. Django's own go back as far as Django promises."""
    root, labels = Path(__file__).resolve().parents[2], {app for app, _name in MigrationLoader(None).disk_migrations}
    return [
        label for label in sorted(labels) if Path(apps.get_app_config(label).path).parent in (root, root / "helpcenter")
    ]


def schema():
    """Tables, indexes, constraints, triggers and functions."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")
        else:
            cursor.execute(
                "SELECT 'table', table_name::text, column_name::text, concat(data_type, is_nullable, column_default)"
                " FROM information_schema.columns WHERE table_schema = 'public'"
                " UNION ALL SELECT 'index', indexname, tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
                " UNION ALL SELECT 'constraint', conname, conrelid::regclass::text, pg_get_constraintdef(oid)"
                " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
                " UNION ALL SELECT 'trigger', tgname, tgrelid::regclass::text, pg_get_triggerdef(oid)"
                " FROM pg_trigger WHERE NOT tgisinternal"
                " UNION ALL SELECT 'function', proname, '', prosrc"
                " FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            )
        return sorted(tuple(map(str, row)) for row in cursor.fetchall())


def breaks(operation: migrations.operations.base.Operation) -> str:
    """What an operation takes from the release before, which still runs while this one starts; empty if nothing."""
    match operation:
        case migrations.RemoveField() | migrations.DeleteModel():
            return "it still reads this: stop using it in one release, remove it in the next"
        case migrations.RenameField() | migrations.RenameModel() | migrations.AlterModelTable():
            return "it knows the old name only: add the new one, copy, remove the old one in the next release"
        case migrations.AddField(field=field) if not field.many_to_many and not field.null:
            if field.db_default is models.NOT_PROVIDED:
                return "it writes rows without this field: null=True or db_default=…"
    return ""


def test_nothing_is_taken_from_the_release_before():
    for app, name, operation in since_the_release():
        assert not breaks(operation), f"{app}/{name}: {operation.describe()}: {breaks(operation)}"


def since_the_release():
    loader = MigrationLoader(None)
    for (app, name), migration in loader.disk_migrations.items():
        if app in RELEASED and name > RELEASED[app]:
            yield from ((app, name, operation) for operation in migration.operations)


def test_the_release_that_people_run_is_there():
    assert RELEASED.items() <= set(MigrationLoader(None).disk_migrations)


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("vote", "comment"),
        migrations.DeleteModel("Vote"),
        migrations.RenameField("vote", "comment", "words"),
        migrations.RenameModel("Vote", "Answer"),
        migrations.AlterModelTable("vote", "answers"),
        migrations.AddField("vote", "stars", models.IntegerField(default=0)),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_the_release_before_could_not_bear_is_told(operation):
    assert breaks(operation)


@pytest.mark.parametrize(
    "operation",
    [
        migrations.CreateModel("Star", []),
        migrations.AddField("vote", "stars", models.IntegerField(null=True)),
        migrations.AddField("vote", "stars", models.IntegerField(db_default=0)),
        migrations.AddField("vote", "since", models.DateTimeField(db_default=Now())),
        migrations.AddIndex("vote", models.Index(fields=["at"], name="votes_by_day")),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_it_does_not_notice_is_allowed(operation):
    assert not breaks(operation)
