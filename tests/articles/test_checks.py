"""What stands in the way of publishing an article."""

import pytest

from articles.checks import check_article
from helpcenter.domain.findings import Severity
from helpcenter.publishing.models import Document
from helpcenter.publishing.verbs import retire
from helpcenter.references.models import OutboundHost
from tests.builders import a_body, a_glance, a_sheet, an_article, at
from tests.replay import replayed

pytestmark = pytest.mark.django_db


@pytest.fixture
@replayed
def article():
    a_sheet()
    an_article("other", history={"2026-01-02": a_body(text="{#a}\n## A\n\n")})
    return an_article("topic", history={})


def found(article, **changes):
    return [
        (each.code, each.where, each.severity) for each in check_article(article, a_body(**changes), at("2026-11-01"))
    ]


def error(code, where):
    return [(code, where, Severity.ERROR)]


def test_nothing_stands_in_the_way_of_a_good_text(article):
    links = "[b](other#a) [c](wizard) [d](refund) [e](https://docs.midjourney.com/x) [f](#a)"
    text = f"{{#a}}\n## A\n\n{links} {{{{refund.images}}}}"
    assert found(article, text=text, steps=("one",)) == []


@pytest.mark.parametrize("target", ["othr", "http://x.y", "//x.y", "/en/", "Other"])
def test_a_link_that_leads_nowhere(article, target):
    assert found(article, text=f"[x]({target})") == error("link-unknown", "text")
    assert (
        found(article, at_a_glance=a_glance(f"[x]({target})"))[0] == error("link-unknown", "at_a_glance.billed_by")[0]
    )


def test_an_unknown_fact(article):
    assert found(article, summary="{{refund.imges}}") == error("fact-unknown", "summary")


def test_a_text_without_sources(article):
    assert found(article, sources=[]) == error("sources-missing", "sources")


def test_two_headings_with_one_id(article):
    assert found(article, text="{#a}\n## A\n\n{#a}\n## B") == error("heading-id-twice", "text")


def test_a_heading_without_an_id_is_only_worth_considering(article):
    assert found(article, text="## A") == [("heading-id-missing", "text", Severity.WARNING)]


def test_an_article_on_a_path_answers_all_six():
    a_sheet()
    path_article = an_article("by-mail", history={}, path="email")
    assert found(path_article) == error("glance-incomplete", "at_a_glance")
    assert found(path_article, at_a_glance=a_glance()) == []


def test_what_cannot_be_read_is_said_once(article):
    assert found(article, title="") == error("field-empty", "title")


def test_before_there_is_a_sheet_no_fact_is_known():
    assert found(an_article(history={}), text="{{refund.images}}") == error("fact-unknown", "text")


@pytest.mark.django_db
class TestWhereALinkLeads:
    @pytest.mark.parametrize("link", ["[x](#b)", "[x][y]\n\n[y]: #b"])
    def test_to_a_part_that_this_page_does_not_have(self, article, link):
        assert found(article, text=link) == error("link-part-unknown", "text")

    @pytest.mark.parametrize("room", ["wizard#b", "refund#b"])
    def test_a_room_has_no_parts(self, article, room):
        assert found(article, text=f"[x]({room})") == error("link-unknown", "text")

    def test_to_a_part_that_another_page_does_not_have(self, article):
        assert found(article, text="[x](other#b)") == [("link-part-unknown", "text", Severity.WARNING)]

    def test_to_what_readers_do_not_see(self, article):
        an_article("unwritten", history={})
        assert found(article, text="[x](unwritten)") == [("link-not-live", "text", Severity.WARNING)]

    def test_to_what_is_to_be_taken_down(self, article):
        other = Document.objects.get(translation__article__slug="other")
        retire(other, by=None, at=at("2026-12-01"), now=at("2026-10-08"))
        (finding,) = check_article(article, a_body(text="[x](other)"), at("2026-11-01"))
        assert (finding.code, finding.details) == ("link-ends", {"target": "other", "day": "2026-12-01"})


def test_a_check_in_days_to_come_is_pointed_out(article):
    assert found(article, checked_on="2099-01-01") == [("fact-checked-later", "checked_on", Severity.WARNING)]


@pytest.mark.django_db
def test_asterisks_that_would_stay_on_the_page_are_pointed_out():
    a_sheet()
    article = an_article()
    broken = a_body(summary="用量少，**{{refund.images}}**少於")
    assert [(f.code, f.where) for f in check_article(article, broken, at("2026-11-01"))] == [
        ("emphasis-broken", "summary")
    ]


@pytest.mark.django_db
def test_a_step_that_readers_may_have_an_address_of_is_missed():
    a_sheet()
    article = an_article(history={"2026-01-02": a_body(steps=("go", "stop"))})
    (finding,) = check_article(article, a_body(steps=("go", "halt")), at("2026-11-01"))
    assert (finding.code, finding.details, finding.severity) == ("step-key-gone", {"key": "stop"}, Severity.WARNING)


class TestStepsOfATranslation:
    """Their keys are the original's: the wizard walks those."""

    @pytest.fixture
    def english(self, article):
        an_article("topic", "zh-hant", history={"2026-01-02": a_body(steps=("one", "two"))})
        return article

    def test_the_same_ones(self, english):
        assert found(english, steps=("one", "two")) == []

    def test_one_that_the_original_does_not_have(self, english):
        assert found(english, steps=("one", "two", "three")) == error("step-key-foreign", "steps")

    def test_one_that_is_missing_is_only_worth_considering(self, english):
        assert found(english, steps=("one",)) == [("step-key-lacking", "steps", Severity.WARNING)]


def test_readers_are_sent_only_to_hosts_that_an_administrator_allowed(article):
    assert found(article, text="[x](https://elsewhere.example/a)") == error("host-not-allowed", "text")
    assert found(article, text="[x](https://[host:port]/)") == error("host-not-allowed", "text")
    OutboundHost.objects.create(host="elsewhere.example", reason="Sells nothing.")
    assert found(article, text="[x](https://elsewhere.example/a)") == []


def test_a_part_that_others_link_to_does_not_go_unseen(article):
    with_part = an_article("parted", history={"2026-02-01": a_body(text="{#a}\n## A")})
    an_article("linking", history={"2026-02-02": a_body(text="[there](parted#a)")})
    gone = list(check_article(with_part, a_body(text="{#b}\n## B"), at("2026-11-01")))
    assert [(each.code, dict(each.details)) for each in gone] == [
        ("part-linked", {"part": "a", "text": "linking · English"})
    ]
