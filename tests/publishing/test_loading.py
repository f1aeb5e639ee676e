"""Bundled content goes live once, again when it changes, never over an editor's work, and never broken."""

from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.models import Article, Translation
from articles.redirects import rename
from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import Document, Kind, LiveChange, Revision
from helpcenter.publishing.verbs import publish
from tests.builders import a_body, a_draft, a_flow_body, a_sheet_body, a_user, an_article, at, reviewed

pytestmark = pytest.mark.django_db

TEXT = """---
title: {title}
summary: In short.
steps:
  - {{key: go, title: Go, text: How., see: This., if_not: That.}}
sources: [a page]
checked_on: 2020-01-01
note: first text
since: 2020-01-02
---
At most {{{{refund.gpu_minutes}}}} minutes.
"""


@pytest.fixture
def content(tmp_path, settings):
    """A small whole bundle: the sheet, the flow, one article in both languages."""
    settings.CONTENT_DIR = tmp_path
    bundle = {
        "facts.yaml": {"since": at("2020-01-02").date(), "note": "first sheet", **a_sheet_body()},
        "flow.yaml": {"since": at("2020-01-02").date(), "note": "first flow", **a_flow_body()},
        "articles.yaml": [{"slug": "walked", "topic": "cancel", "path": ""}],
    }
    for name, body in bundle.items():
        (tmp_path / name).write_text(yaml.safe_dump(body, allow_unicode=True))
    for language in ("en", "zh-hant"):
        (tmp_path / language).mkdir()
        (tmp_path / language / "walked.md").write_text(TEXT.format(title=f"Walked {language}"))
    return tmp_path


def load():
    said = StringIO()
    call_command("load_content", stdout=said)
    return said.getvalue()


def refusal():
    """What the command says as it refuses; nothing is there that was not there before."""
    before = (Document.objects.count(), Revision.objects.count(), LiveChange.objects.count(), Article.objects.count())
    with pytest.raises(CommandError) as refused:
        load()
    assert before == (
        Document.objects.count(),
        Revision.objects.count(),
        LiveChange.objects.count(),
        Article.objects.count(),
    )
    assert str(refused.value).startswith("nothing was loaded:\n")
    return str(refused.value).removeprefix("nothing was loaded:\n")


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def english():
    return Translation.objects.get(language="en")


def live_title():
    live = english().revisions.live(timezone.now()).first()
    return live and live.body["title"]


class TestLoading:
    def test_the_first_time_everything_goes_live_since_its_day(self, content):
        said = load()
        assert "en/walked.md: published its first version" in said
        assert "4 bundled files, 0 unchanged" in said
        live = Revision.objects.live(timezone.now())
        assert sorted(revision.document.kind for revision in live) == sorted([*Kind.values, Kind.ARTICLE])
        assert live_title() == "Walked en"
        assert {change.by for change in LiveChange.objects.all()} == {None}
        assert english().revisions.live(at("2020-01-03")).exists()
        assert not english().revisions.live(at("2020-01-01")).exists()

    def test_the_second_time_nothing_happens(self, content):
        load()
        assert load() == "4 bundled files, 4 unchanged\n"
        assert LiveChange.objects.count() == 4

    def test_a_changed_file_publishes_a_new_version_and_leaves_the_past(self, content):
        load()
        change(content / "en" / "walked.md", "Walked en", "Walked anew")
        assert load() == "en/walked.md: published a new version\n4 bundled files, 3 unchanged\n"
        assert live_title() == "Walked anew"
        assert english().revisions.live(at("2020-01-03")).get().body["title"] == "Walked en"
        assert english().revisions.live(timezone.now()).get().number == 2

    def test_an_editors_version_is_kept(self, content):
        load()
        now = timezone.now()
        draft = a_draft(english(), a_body("The editor's", steps=("go",), text="{{refund.gpu_minutes}}"), a_user())
        publish(reviewed(draft), by=a_user("publisher"), note="", significance=Significance.CONTENT, at=now, now=now)
        change(content / "en" / "walked.md", "Walked en", "Walked anew")
        assert "en/walked.md: kept the editors' version, the bundled one differs" in load()
        assert live_title() == "The editor's"

    def test_an_editors_draft_is_kept(self, content):
        load()
        a_draft(english(), a_body("half written"), a_user())
        change(content / "en" / "walked.md", "Walked en", "Walked anew")
        load()
        assert live_title() == "Walked anew"
        assert english().revisions.newest_draft().body["title"] == "half written"

    def test_what_an_editor_retired_stays_retired(self, content):
        load()
        now = timezone.now()
        LiveChange.objects.create(document=english(), revision=None, by=a_user(), at=now, recorded_at=now)
        assert "en/walked.md: kept retired, as the editors left it" in load()
        assert live_title() is None

    def test_the_bundled_texts_of_an_editors_article_do_not_move_it(self, content):
        load()
        Article.objects.update(topic="plans", order=7)
        load()
        assert list(Article.objects.values_list("topic", "order")) == [("plans", 7)]

    def test_an_article_that_was_renamed_stays_the_bundles(self, content):
        load()
        rename(Article.objects.get(), "strolled", now=timezone.now())
        change(content / "en" / "walked.md", "Walked en", "Walked anew")
        assert "en/walked.md: published a new version" in load()
        assert (Article.objects.count(), live_title()) == (1, "Walked anew")

    def test_an_editors_article_under_the_name_of_a_renamed_one_gets_no_bundled_text(self, content):
        load()
        rename(Article.objects.get(), "strolled", now=timezone.now())
        theirs = an_article("walked", "zh-hant", history={})
        now = timezone.now()
        draft = a_draft(theirs, a_body("The editor's", steps=("go",)), a_user())
        publish(reviewed(draft), by=a_user("publisher"), note="", significance=Significance.CONTENT, at=now, now=now)
        assert "4 bundled files, 4 unchanged" in load()
        assert not LiveChange.objects.filter(document__translation__article=theirs.article, by=None).exists()

    def test_an_article_that_an_editor_made_before_the_bundle_had_one_of_that_name_is_theirs(self, content):
        load()
        theirs = an_article("strolled", "en", history={})
        (content / "articles.yaml").write_text(
            (content / "articles.yaml").read_text() + "- {slug: strolled, topic: cancel}\n"
        )
        (content / "en" / "strolled.md").write_text(TEXT.format(title="The bundle's"))
        assert "en/strolled.md: kept the editors' version, the bundled one differs" in load()
        assert not theirs.live_changes.exists()


class TestWhatIsOnlyRightTogether:
    """Each file would be refused beside the old state of the others."""

    def test_a_fact_goes_away_with_the_words_that_inserted_it(self, content):
        change(content / "facts.yaml", "  site.account:", "  site.door:")
        for language in ("en", "zh-hant"):
            change(content / language / "walked.md", "At most", "{{site.door}} At most")
        load()
        change(content / "facts.yaml", "  site.door:", "  site.account:")
        for language in ("en", "zh-hant"):
            change(content / language / "walked.md", "{{site.door}}", "{{site.account}}")
        assert load() == (
            "facts.yaml: published a new version\nzh-hant/walked.md: published a new version\n"
            "en/walked.md: published a new version\n4 bundled files, 1 unchanged\n"
        )

    def test_a_fact_that_an_editors_text_inserts_does_not_go(self, content):
        load()
        now = timezone.now()
        draft = a_draft(english(), a_body("{{site.account}}", steps=("go",), text="{{refund.gpu_minutes}}"), a_user())
        publish(reviewed(draft), by=a_user("publisher"), note="", significance=Significance.CONTENT, at=now, now=now)
        change(content / "facts.yaml", "  site.account:", "  site.door:")
        assert "site.account: This fact cannot go: walked · English uses it." in refusal()

    def test_a_step_changes_its_key_with_the_flow_that_names_it(self, content):
        change(content / "flow.yaml", "    walk: walked", "    walk: walked\n    stuck_at: {go: over}")
        load()
        for language in ("en", "zh-hant"):
            change(content / language / "walked.md", "key: go", "key: start")
        change(content / "flow.yaml", "stuck_at: {go:", "stuck_at: {start:")
        assert "4 bundled files, 1 unchanged" in load()


class TestTheWordsOfALanguageInItsFolder:
    def test_stand_in_the_place_of_the_others(self, content):
        question = yaml.safe_load((content / "flow.yaml").read_text())["nodes"]["first"]["question"]
        (content / "en" / "flow.yaml").write_text("nodes: {first: {question: Whose words}}")
        load()
        flow = Revision.objects.get(document__kind=Kind.FLOW)
        assert flow.body["nodes"]["first"]["question"] == {**question, "en": "Whose words"}

    @pytest.mark.parametrize("words", ["nodes: {nowhere: {question: x}}", "start: {question: x}", "nodes: 7"])
    def test_that_have_no_place_are_told(self, content, words):
        (content / "en" / "flow.yaml").write_text(words)
        assert "en/flow.yaml:1: flow.yaml has no place for" in refusal()


class TestABrokenBundle:
    """Refused whole, with file, line and reason."""

    @pytest.mark.parametrize("loaded_before", [False, True])
    def test_what_was_live_stays_live(self, content, loaded_before):
        if loaded_before:
            load()
        change(content / "zh-hant" / "walked.md", "refund.gpu_minutes", "refund.gpu_limit")
        change(content / "en" / "walked.md", "Walked en", "Walked anew")
        assert refusal() == (
            "zh-hant/walked.md:11: text: There is no fact “refund.gpu_limit”. Did you mean “refund.gpu_minutes”?"
        )
        if loaded_before:
            assert live_title() == "Walked en"

    @pytest.mark.parametrize(
        ("file", "old", "new", "told"),
        [
            ("en/walked.md", "summary: In short.", "summary: In: short.", "en/walked.md:3: "),
            ("en/walked.md", "summary: In short.", "summary: ''", "en/walked.md:3: summary: This field is needed."),
            ("en/walked.md", "note: first text\n", "", "en/walked.md:1: note and since are needed"),
            ("en/walked.md", "since: 2020-01-02", "since: soon", "en/walked.md:1: note and since are needed"),
            (
                "en/walked.md",
                "checked_on: 2020-01-01",
                "checked_on: lately",
                "en/walked.md:7: checked_on: “lately” is not",
            ),
            ("en/walked.md", "key: go", "key: Go now", "en/walked.md:5: steps.1.key: "),
            ("en/walked.md", "sources: [a page]", "sources: a page", "en/walked.md:6: sources: This is a list"),
            (
                "en/walked.md",
                "At most",
                "[x](nowhere) most",
                "en/walked.md:11: text: The link “nowhere”",
            ),
            ("facts.yaml", "value: any", "value: both", "refund.combine: This fact is one of: any, all."),
            ("facts.yaml", "facts:", "fact:", "facts.yaml:1: facts: "),
            ("facts.yaml", "kind: number", "kind: [number", "facts.yaml:"),
            ("flow.yaml", "start: first", "start: frist", "start: The flow starts at “frist”"),
            ("flow.yaml", "walk: walked", "walk: wolked", "way: No article “wolked” is live. Did you mean “walked”?"),
            ("en/walked.md", "summary: In short.", "title: Again", "en/walked.md:3: title stands twice"),
            ("facts.yaml", "facts:", "since: 2021-01-01\nfacts:", "since stands twice"),
            ("articles.yaml", "topic: cancel", "topic: cancle", "articles.yaml: row 1: "),
            ("articles.yaml", "slug: walked", "slag: walked", "articles.yaml: row 1: "),
            ("articles.yaml", "slug: walked", "slug: [walked", "articles.yaml:"),
        ],
    )
    def test_it_is_told_where_and_why(self, content, file, old, new, told):
        change(content / file, old, new)
        assert told in refusal()

    def test_a_file_in_another_encoding_is_told(self, content):
        (content / "en" / "walked.md").write_bytes("標題".encode("big5"))
        assert refusal().startswith("en/walked.md:1: ")

    @pytest.mark.parametrize("text", ["", "slug: walked", "- walked"])
    def test_a_list_of_articles_that_is_none_is_told(self, content, text):
        (content / "articles.yaml").write_text(text)
        assert refusal().startswith("articles.yaml:")

    def test_a_missing_sheet_is_told(self, content):
        (content / "facts.yaml").unlink()
        assert "facts.yaml" in refusal()


@pytest.fixture(autouse=True)
def _in_english():
    from django.utils.translation import override

    with override("en"):
        yield
