import django.db.models.deletion
from django.db import migrations, models

from helpcenter.publishing import triggers


class Migration(migrations.Migration):
    dependencies = [("publishing", "0005_body_as_text")]

    operations = [
        migrations.RunPython(triggers.remove, triggers.install),
        migrations.AddField(
            "revision",
            "translated_from",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="publishing.revision",
                verbose_name="translated from",
            ),
        ),
        migrations.RunPython(triggers.install, triggers.remove),
    ]
