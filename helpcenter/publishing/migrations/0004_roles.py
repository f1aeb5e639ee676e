from django.conf import settings
from django.db import migrations

WRITE, REVIEW, PUBLISH = "write_document", "review_document", "publish_document"
NAMES = {
    WRITE: "Author: writes drafts and submits them",
    REVIEW: "Reviewer: approves what somebody else wrote, or sends it back",
    PUBLISH: "Publisher: publishes, plans and retires what is approved",
}
PEOPLE = ("view_user", "add_user", "change_user", "view_group")
POLICY = ("view_reviewpolicy", "change_reviewpolicy")

GROUPS = {
    "作者 Authors": (WRITE,),
    "審稿者 Reviewers": (WRITE, REVIEW),
    "發布者 Publishers": (WRITE, PUBLISH),
    "管理員 Administrators": (WRITE, REVIEW, PUBLISH, *PEOPLE, *POLICY),
}


def create(apps, schema_editor):
    """Permissions are made after all migrations, but these groups need theirs now."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")

    def permission(codename):
        model = codename.rpartition("_")[2]
        app = "auth" if model in ("user", "group") else "publishing"
        kind, _ = ContentType.objects.get_or_create(app_label=app, model=model)
        name = NAMES.get(codename, f"Can {codename.replace('_', ' ')}")
        return Permission.objects.get_or_create(codename=codename, content_type=kind, defaults={"name": name})[0]

    for name, codenames in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*(permission(codename) for codename in codenames))
    apps.get_model("publishing", "ReviewPolicy").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    """The people of the desk as groups, and its policy: four eyes."""

    dependencies = [
        ("publishing", "0003_review"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
