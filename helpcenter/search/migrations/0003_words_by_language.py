from django.db import migrations

from helpcenter.search.engines import install, remove


class Migration(migrations.Migration):
    """The databases' indexes of the entries anew: each word with its language before it."""

    dependencies = [
        ('search', '0002_questions_and_pins'),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.RunPython(install, remove),
    ]
