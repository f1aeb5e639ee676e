from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE accounts_limits")


class Migration(migrations.Migration):
    """The table of settings.CACHES, in which tries are counted."""

    operations = [migrations.RunPython(create, drop)]
