from django.db import migrations

from helpcenter.publishing import triggers


def create(apps, schema_editor):
    rules = {"sqlite": triggers.SQLITE, "postgresql": triggers.POSTGRESQL}
    for statement in rules[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
