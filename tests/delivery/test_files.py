"""Style sheets are collected without their comments."""

from django.core.management import call_command
from django.test import override_settings

from helpcenter.delivery.files import Files


def test_a_style_sheet_is_collected_smaller_under_the_name_that_pages_use(tmp_path, settings):
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "a.css").write_text("/* why */\nbody :is(a, b) { color: red; }\n", "utf-8")
    backend = {"BACKEND": "helpcenter.delivery.files.Files"}
    with override_settings(
        STATIC_ROOT=tmp_path / "to",
        STATICFILES_DIRS=[tmp_path / "from"],
        STORAGES={**settings.STORAGES, "staticfiles": backend},
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        name = Files().stored_name("a.css")
        assert name != "a.css"
        assert (tmp_path / "to" / name).read_text("utf-8") == "body :is(a, b) { color: red; }\n"
