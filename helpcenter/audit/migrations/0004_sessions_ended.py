from django.db import migrations, models


class Migration(migrations.Migration):
    """Of their own, too, and one told from all: only what it is called changes, and no table."""

    dependencies = [
        ("audit", "0003_signed_out"),
    ]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="act",
            field=models.CharField(
                choices=[
                    ("add", "added"),
                    ("change", "changed"),
                    ("delete", "deleted"),
                    ("sign-in", "signed in"),
                    ("sign-out", "signed out"),
                    ("refused", "sign-in refused"),
                    ("locked-out", "locked out"),
                    ("ended", "sessions ended"),
                    ("one-ended", "one session ended"),
                ],
                max_length=10,
                verbose_name="what happened",
            ),
        ),
    ]
