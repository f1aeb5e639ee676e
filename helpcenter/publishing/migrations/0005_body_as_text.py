from django.db import migrations

import helpcenter.publishing.fields
from helpcenter.publishing import triggers


class Migration(migrations.Migration):
    """Bodies as text: PostgreSQL's jsonb had sorted the keys. Triggers step aside, since SQLite makes the table anew."""

    dependencies = [("publishing", "0004_roles")]

    operations = [
        migrations.RunPython(triggers.remove, triggers.install),
        migrations.AlterField("revision", "body", helpcenter.publishing.fields.BodyField(verbose_name="text")),
        migrations.RunPython(triggers.install, triggers.remove),
    ]
