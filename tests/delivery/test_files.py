"""Style sheets and drawings are collected without their comments."""

import pytest
from django.core.management import call_command
from django.test import override_settings

from helpcenter.delivery.files import Files


@pytest.mark.parametrize(
    ("file", "written", "sent"),
    [
        ("a.css", "/* why */\nbody :is(a, b) { color: red; }\n", "body :is(a, b) { color: red; }\n"),
        (
            "a.svg",
            '<!-- why,\nat length -->\n<svg viewBox="0 0 2 2"><path d="M0 0h2"/></svg>',
            '<svg viewBox="0 0 2 2"><path d="M0 0h2"/></svg>',
        ),
    ],
)
def test_a_file_is_collected_smaller_under_the_name_that_pages_use(tmp_path, settings, file, written, sent):
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / file).write_text(written, "utf-8")
    backend = {"BACKEND": "helpcenter.delivery.files.Files"}
    with override_settings(
        STATIC_ROOT=tmp_path / "to",
        STATICFILES_DIRS=[tmp_path / "from"],
        STORAGES={**settings.STORAGES, "staticfiles": backend},
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        name = Files().stored_name(file)
        assert name != file
        assert (tmp_path / "to" / name).read_text("utf-8") == sent
