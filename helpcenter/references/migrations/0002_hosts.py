from django.db import migrations

PROVIDER = "The provider's own pages."
HOSTS = ["www.midjourney.com", "docs.midjourney.com", "help.midjourney.com"]


def create(apps, schema_editor):
    """The hosts of the bundled texts, and who keeps the list. Permissions are made later, but the group needs them now."""
    for host in HOSTS:
        apps.get_model("references", "OutboundHost").objects.get_or_create(host=host, defaults={"reason": PROVIDER})
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    kind, _ = ContentType.objects.get_or_create(app_label="references", model="outboundhost")
    administrators = apps.get_model("auth", "Group").objects.get(name="管理員 Administrators")
    for verb in ("add", "change", "delete", "view"):
        permission, _ = Permission.objects.get_or_create(
            codename=f"{verb}_outboundhost", content_type=kind, defaults={"name": f"Can {verb} outbound host"}
        )
        administrators.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("references", "0001_initial"), ("publishing", "0004_roles")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
