from django.db import migrations


class Migration(migrations.Migration):
    """Installed triggers; the newest migration installs them all (helpcenter/publishing/triggers.py)."""

    dependencies = [("publishing", "0001_initial")]

    operations = []
