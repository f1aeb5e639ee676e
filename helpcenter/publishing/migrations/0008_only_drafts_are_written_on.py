from django.db import migrations

from helpcenter.publishing import triggers


class Migration(migrations.Migration):
    dependencies = [("publishing", "0007_unsaved")]

    operations = [
        migrations.RunPython(triggers.remove, triggers.install),
        migrations.RunPython(triggers.install, triggers.remove),
    ]
