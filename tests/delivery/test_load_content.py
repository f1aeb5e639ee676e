"""load_content brings the bundled texts before readers, says what it did, and can run again and again."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from articles.models import Translation
from helpcenter.delivery.health import Health
from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import LiveChange, Revision
from helpcenter.publishing.verbs import publish
from tests.builders import a_body, a_draft, a_user, reviewed
from tests.delivery.asking import ask
from tests.delivery.bundle import a_bundle, write
from tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bundle(tmp_path, settings):
    settings.CONTENT_DIR = a_bundle(tmp_path / "content")
    return settings.CONTENT_DIR


def load():
    out = io.StringIO()
    call_command("load_content", stdout=out)
    return out.getvalue().splitlines()


FIRST = [
    "facts.yaml: published its first version",
    "zh-hant/walked.md: published its first version",
    "en/walked.md: published its first version",
    "zh-hans/walked.md: published its first version",
    "flow.yaml: published its first version",
    "5 bundled files, 0 unchanged",
]


def test_the_first_time_it_publishes_everything():
    assert load() == FIRST
    assert Page.at("/en/articles/walked/").heading == "Walked en"
    assert ask(Health(), "/readyz").status == 200


def test_the_second_time_it_leaves_everything_alone():
    load()
    before = LiveChange.objects.count()
    assert load() == ["5 bundled files, 5 unchanged"]
    assert LiveChange.objects.count() == before


def test_a_file_that_changed_is_a_new_version(bundle):
    load()
    write(bundle / "en" / "walked.md", a_body("Walked anew", steps=("go", "stop")))
    assert load() == ["en/walked.md: published a new version", "5 bundled files, 4 unchanged"]
    assert Page.at("/en/articles/walked/").heading == "Walked anew"


def test_what_an_editor_wrote_stays(bundle):
    load()
    text = Translation.objects.get(language="en")
    editor, now = a_user(), timezone.now()
    draft = a_draft(text, a_body("By an editor", steps=("go", "stop")), editor)
    publish(reviewed(draft), by=editor, note="note", significance=Significance.CONTENT, at=now, now=now)
    assert load() == [
        "en/walked.md: kept the editors' version, the bundled one differs",
        "5 bundled files, 4 unchanged",
    ]
    assert Page.at("/en/articles/walked/").heading == "By an editor"


def test_what_an_editor_retired_stays_retired():
    load()
    now = timezone.now()
    LiveChange.objects.create(
        document=Translation.objects.get(language="en"), revision=None, by=a_user(), at=now, recorded_at=now
    )
    assert load() == ["en/walked.md: kept retired, as the editors left it", "5 bundled files, 4 unchanged"]
    assert Client().get("/en/articles/walked/").status_code == 410


def test_what_cannot_be_read_is_refused_with_file_and_line_and_nothing_is_loaded(bundle):
    broken = (bundle / "en" / "walked.md").read_text("utf-8").replace("In short.", "In {{refund.gpu_minute}} short.")
    (bundle / "en" / "walked.md").write_text(broken, "utf-8")
    line = next(number for number, words in enumerate(broken.splitlines(), 1) if "gpu_minute}}" in words)
    with pytest.raises(CommandError) as refused:
        load()
    assert f"walked.md:{line}: " in str(refused.value)
    assert "refund.gpu_minute" in str(refused.value)
    assert str(refused.value).startswith("nothing was loaded:")
    assert not Revision.objects.exists()
    assert not Translation.objects.exists()


def test_a_flow_that_is_broken_leaves_what_was_live(bundle):
    load()
    write(bundle / "en" / "walked.md", a_body("Walked anew", steps=("go", "stop")))
    flow = (bundle / "flow.yaml").read_text("utf-8")
    (bundle / "flow.yaml").write_text(flow.replace("to: second", "to: nowhere"), "utf-8")
    with pytest.raises(CommandError, match=r"flow.yaml:\d+: "):
        load()
    assert Page.at("/en/articles/walked/").heading == "Walked en"
    assert Page.at("/en/wizard/").heading == "First?"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("facts.yaml", "facts: [\n"),
        ("flow.yaml", "- a list\n"),
        ("en/walked.md", "no front matter"),
        ("articles.yaml", "- {slug: x}\n"),
    ],
)
def test_a_file_of_another_shape_is_refused_by_name(bundle, file, words):
    (bundle / file).write_text(words, "utf-8")
    with pytest.raises(CommandError, match=file.rpartition("/")[2]):
        load()
    assert not Revision.objects.exists()
