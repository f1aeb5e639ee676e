"""Everything can leave: all content with its versions as plain files, and in again, to the letter."""

import json
import shutil
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from PIL import Image

from articles.bin import put
from articles.models import Article, Picture, Redirect, Retirement, Translation
from articles.pictures import encode
from articles.redirects import rename
from articles.translating import begin_in_all_languages
from articles.verifying import verify
from helpcenter.archive import exporting
from helpcenter.archive.exporting import export
from helpcenter.archive.importing import ArchiveError, read, write
from helpcenter.domain.versions import Significance
from helpcenter.feedback.models import Vote
from helpcenter.publishing import triggers
from helpcenter.publishing.models import Document, LiveChange, Revision
from helpcenter.publishing.verbs import discard, publish, retire, send_back, submit
from helpcenter.references.models import Reference
from helpcenter.search.models import Pin
from tests.builders import a_body, a_draft, a_site, a_user, an_article, reviewed
from tests.replay import replayed

pytestmark = pytest.mark.django_db


def at_once():
    return dict.fromkeys(("at", "now"), timezone.now())


@replayed
def some_of_everything():
    """A site on which everything has happened that can."""
    a_site()
    author, now = a_user("author"), timezone.now()
    text = an_article("topic", "zh-hant", history={"2026-02-01": a_body("一"), "2026-02-02": a_body("二")})
    begin_in_all_languages(text.article)
    english = Translation.objects.get(article=text.article, language="en")
    draft = a_draft(english, a_body("Translated"), author)
    draft.translated_from = text.revisions.get(number=2)
    draft.save()
    terms = {"by": author, "note": "n", "significance": Significance.MAJOR}
    approved = reviewed(draft)
    publish(approved, **terms, **at_once())
    verify(english, by=author, now=timezone.now(), note="Compared.")
    other = a_user("other")
    send_back(
        submit(a_draft(text, a_body("三"), author), by=author, now=now, note="n", reviewer=other),
        by=other, now=now, note="No.",
    )  # fmt: skip
    discard(a_draft(text, a_body("四"), author), by=author, now=now)
    plan = Revision.objects.create(document=text, body=a_body("五"))
    days = {"at": now + timedelta(days=1), "until": now + timedelta(days=2), "now": timezone.now()}
    publish(plan, **{**terms, "by": None}, **days)
    gone = an_article("gone", history={"2026-02-01": a_body()})
    change = retire(gone, by=author, **at_once(), note="Old.")
    Retirement.objects.create(change=change, instead=text.article)
    rename(text.article, "renamed", now=now)
    Article.objects.filter(slug="renamed").update(owner=author, check_every=7)
    Redirect.objects.create(path="/en/old/", article=text.article)
    Redirect.objects.create(path="/en/older/", binned_at=now)
    Vote.objects.create(revision=text.revisions.get(number=1), helped=False, comment="No.", at=now, voter="x")
    Pin.objects.create(language="en", question="money back", article=text.article)
    put(an_article("mistake", history={}).article, now=now)
    file = BytesIO()
    Image.new("RGB", (700, 400)).save(file, "PNG")
    picture = Picture.objects.create(key="shot", by=author, at=now)
    for size in encode(file, 1):
        picture.renditions.create(width=size.width, height=size.height, digest=size.digest, content=size.content)


def empty():
    """The database without content, as a new site has it."""
    editor = connection.schema_editor()  # not entered: SQLite's would want no transaction around it
    with transaction.atomic():
        triggers.remove(None, editor)
        for model in reversed(list(apps.get_models())):
            ours = model._meta.app_label in ("articles", "publishing", "references", "search", "feedback")
            if ours and not model._meta.proxy and model._meta.model_name not in ("reviewpolicy", "outboundhost"):
                editor.execute(f"DELETE FROM {model._meta.db_table}")
        triggers.install(None, editor)
    User.objects.all().delete()


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """What is exported once: the same rows, said again, make the same files."""
    return tmp_path_factory.mktemp("archive") / "first"


@pytest.fixture
def exported(first, tmp_path):
    some_of_everything()
    if not first.exists():
        export(first, quiet=True)
    return shutil.copytree(first, tmp_path / "first")


def test_export_import_export_is_the_same_to_the_letter(exported, tmp_path, client):
    pages = ["/zh-hant/articles/renamed/", "/en/articles/renamed/versions/1/", "/en/wizard/", "/en/old/", "/en/older/"]
    before = [(client.get(page).status_code, client.get(page).content) for page in pages]
    empty()
    write(read(exported, quiet=True), quiet=True)
    export(tmp_path / "second", quiet=True)
    assert files(exported) == files(tmp_path / "second")
    assert [(client.get(page).status_code, client.get(page).content) for page in pages] == before
    assert len(files(exported)) > 20


def test_the_past_is_kept_by_the_database_again(exported):
    empty()
    write(read(exported, quiet=True), quiet=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Revision.objects.filter(number=1).update(note="changed")
    with pytest.raises(DatabaseError), transaction.atomic():
        LiveChange.objects.filter(at__lt=timezone.now()).delete()


def test_people_come_as_closed_accounts_and_what_is_used_is_known(exported):
    empty()
    write(read(exported, quiet=True), quiet=True)
    author = User.objects.get(username="author")
    assert not author.is_active
    assert not author.has_usable_password()
    assert Reference.objects.exists()


def test_no_password_no_session_and_no_typing_leaves(exported):
    everything = b"".join(files(exported).values())
    assert b"pbkdf2" not in everything
    assert b"password" not in everything


def test_a_dry_run_says_what_is_there_and_writes_nothing(exported):
    empty()
    said = StringIO()
    call_command("import_content", exported, "--dry-run", stdout=said, verbosity=0)
    assert "4 articles, " in said.getvalue()
    assert said.getvalue().endswith("nothing was written\n")
    assert not Document.objects.exists()


def test_a_database_with_content_is_left_alone(exported):
    with pytest.raises(CommandError, match="has content already"):
        call_command("import_content", exported, stdout=StringIO(), verbosity=0)


def test_a_folder_that_is_not_empty_is_left_alone(exported):
    with pytest.raises(CommandError, match="not empty"):
        call_command("export_content", exported, stdout=StringIO())


def test_an_export_that_fails_leaves_the_folder_empty(tmp_path, monkeypatch):
    a_site()
    monkeypatch.setattr(exporting, "_revision", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(tmp_path / "new", quiet=True)
    assert list((tmp_path / "new").iterdir()) == []


def change(folder, name, **changes):
    path = folder / name
    said = json.loads(path.read_text())
    (said[0] if isinstance(said, list) else said).update(changes)
    path.write_text(json.dumps(said))


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("articles.json", {"slug": "../../../etc"}, "no name of a folder"),
        ("articles.json", {"slug": "/etc"}, "no name of a folder"),
        ("articles.json", {"slug": 7}, "no name of a folder"),
        ("site.json", {"format": 99}, "format 99"),
        ("site.json", {"pictures": [{"key": "../x", "sizes": [[1, 1]]}]}, "no name of a folder"),
        ("site.json", {"pictures": [{"key": "none", "sizes": [[1, 1]]}]}, "is not there"),
        ("site.json", {"pictures": 7}, "not as an export"),
        ("flow/document.json", {"live": [{"revision": 99}]}, "no version 99"),
        ("flow/1.json", {"base": 9}, "no version 9"),
        ("flow/1.json", {"translated_from": "articles/none/en/1"}, "there is no articles/none"),
    ],
)
def test_what_no_export_writes_is_refused_and_nothing_is_written(exported, name, changes, told):
    change(exported, name, **changes)
    empty()
    with pytest.raises(CommandError, match=told):
        call_command("import_content", exported, stdout=StringIO(), verbosity=0)
    assert not Document.objects.exists()


def in_a_row(folder, name, key, **changes):
    said = json.loads((folder / name).read_text())
    said[key][0].update(changes)
    (folder / name).write_text(json.dumps(said))


def half(folder):
    """The file of the draft that was sent back."""
    drafts = (path for path in folder.glob("articles/renamed/zh-hant/[0-9]*") if '"draft"' in path.read_text())
    return next(drafts).relative_to(folder)


def append(path, content):
    path.write_bytes(path.read_bytes() + content)


def ends_before_it_began(folder):
    path = next(path for path in folder.rglob("document.json") if '"ends": "' in path.read_text())
    said = json.loads(path.read_text())
    end = next(row for row in said["live"] if row["ends"])
    end["at"] = "2020-01-01T00:00:00.000000+00:00"
    said["live"].sort(key=lambda row: row["at"])
    path.write_text(json.dumps(said))


NOON = "2026-01-01T12:00:00.000000+00:00"

BROKEN = {
    "a draft that would be live": lambda f: change(f, "flow/1.json", state="draft", number=None),
    "a state that there is not": lambda f: change(f, "flow/1.json", state="frozen"),
    "a version that cannot be shown": lambda f: change(f, "flow/1.json", body={"title": ""}),
    "a fact sheet that cannot be read": lambda f: change(f, "facts/1.json", body={}),
    "a significance that there is not": lambda f: change(f, "flow/1.json", significance="nonsense"),
    "a draft that is no text": lambda f: change(f, half(f), body=[]),
    "a draft whose steps are none": lambda f: change(f, half(f), body={"steps": [7]}),
    "an article both live and in the bin": lambda f: (f / "articles.json").write_text(
        (f / "articles.json").read_text().replace('"binned_at": null', f'"binned_at": "{NOON}"')
    ),
    "a picture that is none": lambda f: next((f / "pictures").iterdir()).write_bytes(b"<html><script>"),
    "a redirect that is no address": lambda f: in_a_row(f, "site.json", "redirects", path="javascript:alert(1)"),
    "a redirect to an article that is not there": lambda f: in_a_row(f, "site.json", "redirects", article="none"),
    "a day that there is not": lambda f: change(f, "flow/1.json", written_at="yesterday"),
    "nobody who did it": lambda f: change(f, "flow/1.json", author={}),
    "an end of nothing": lambda f: in_a_row(f, "flow/document.json", "live", ends="2020-01-01T00:00:00+00:00"),
    "a live change at no instant": lambda f: in_a_row(f, "flow/document.json", "live", at=None),
    "a switch that is neither": lambda f: change(f, "site.json", four_eyes="perhaps"),
    "no checks": lambda f: change(f, "flow/document.json", verified=None),
    "a folder that nothing speaks of": lambda f: (f / "articles" / "lost.json").write_text("{}"),
    "a plan that ends before it begins": ends_before_it_began,
    "words that nothing reads": lambda f: change(f, "flow/document.json", unknown="words"),
    "an instant without a zone": lambda f: change(f, "flow/1.json", written_at="2026-01-01T12:00:00"),
    "a version made from itself": lambda f: change(f, "flow/1.json", base=1),
    "a name that is too long": lambda f: change(f, "flow/1.json", author="a" * 480),
    "something behind a picture": lambda f: append(next((f / "pictures").iterdir()), b"<script>"),
    "an article that nobody can link to": lambda f: (f / "articles.json").write_text(
        (f / "articles.json").read_text().replace('"slug": "renamed"', '"slug": "wizard"')
    ),
    "a slug twice": lambda f: (f / "articles.json").write_text(
        json.dumps(2 * json.loads((f / "articles.json").read_text())[:1])
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("dry_run", [True, False])
def test_what_the_site_could_not_show_is_refused_by_the_dry_run_already(exported, broken, dry_run):
    BROKEN[broken](exported)
    empty()
    options = ["--dry-run"] if dry_run else []
    with pytest.raises(CommandError):
        call_command("import_content", exported, *options, stdout=StringIO(), verbosity=0)
    assert not Document.objects.exists()


def test_what_a_file_manager_leaves_behind_does_not_matter(exported):
    (exported / "flow" / ".DS_Store").write_bytes(b"x")
    assert read(exported, quiet=True)


def test_a_file_that_leads_out_of_the_folder_is_refused(exported, tmp_path):
    outside = tmp_path / "outside.json"
    outside.write_text("{}")
    (exported / "flow" / "1.json").unlink()
    (exported / "flow" / "1.json").symlink_to(outside)
    with pytest.raises(ArchiveError, match="outside the folder"):
        read(exported, quiet=True)


@pytest.mark.parametrize("content", [b"{", b"\xff", b"", b"[" * 200_000])
def test_a_file_that_cannot_be_read_is_named(exported, content):
    (exported / "flow" / "1.json").write_bytes(content)
    with pytest.raises(ArchiveError, match=r"flow/1\.json"):
        read(exported, quiet=True)


def test_what_fails_half_way_leaves_nothing(exported):
    change(exported, "facts/1.json", number=None)
    empty()
    with pytest.raises(ArchiveError):
        write(read(exported, quiet=True), quiet=True)
    assert not Document.objects.exists()
