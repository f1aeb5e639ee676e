from django.db import migrations

from helpcenter.audit import triggers


def create(apps, schema_editor):
    """Administrators read it. Permissions are made after all migrations, but the group needs its own now."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    kind, _ = ContentType.objects.get_or_create(app_label="audit", model="entry")
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        codename="view_entry", content_type=kind, defaults={"name": "Can view entry of the audit"}
    )
    apps.get_model("auth", "Group").objects.get(name="管理員 Administrators").permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("publishing", "0004_roles")]

    operations = [
        migrations.RunPython(create, migrations.RunPython.noop),
        migrations.RunPython(triggers.install, triggers.remove),
    ]
