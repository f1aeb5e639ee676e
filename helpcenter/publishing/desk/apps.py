from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "helpcenter.publishing.desk.site.Desk"
