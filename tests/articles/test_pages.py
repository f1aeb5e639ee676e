"""The reader's pages of articles: now, on a day, a version for ever, the history, what changed, what is not there."""

import re

import pytest

from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import Revision
from helpcenter.publishing.verbs import publish, retire
from tests.builders import LANGUAGES, TAGS, a_body, a_draft, a_glance, a_sheet, a_sheet_body, an_article, at
from tests.replay import replayed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
@replayed
def site():
    a_sheet({"2026-01-01": a_sheet_body(), "2026-03-01": a_sheet_body(refund__gpu_minutes="30")})
    for language in LANGUAGES:
        words = {"text": "{#limit}\n## The limit\n\nBelow {{refund.gpu_minutes}}.", "at_a_glance": a_glance("**Yes**")}
        history = {
            "2026-02-01": a_body("Old title", **words),
            "2026-04-01": a_body("New title", steps=("go", "stop"), **words),
        }
        an_article("topic", language, history=history, path="web")


def read(client, address, language="en", **query):
    response = client.get(f"/{language}/articles/{address}", query)
    assert response.status_code == 200, address
    return response.content.decode()


class TestAnArticle:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_shows_what_is_live_with_the_facts_of_now(self, client, language):
        page = read(client, "topic/", language)
        assert "New title" in page
        assert "Below 30." in page
        assert "Old title" not in page

    def test_its_six_facts_steps_headings_and_sources_stand_there(self, client):
        page = read(client, "topic/")
        assert page.count("<dd><strong>Yes</strong></dd>") == 6
        assert re.findall(r'<li class="step" id="([^"]+)"', page) == ["step-go", "step-stop"]
        assert '<h2 id="limit">' in page
        assert '<a href="#limit">' in page
        assert "<li>a page</li>" in page

    def test_a_draft_and_a_plan_are_seen_by_nobody(self, client):
        from articles.models import Translation

        article = Translation.objects.get(language="en")
        body = {**article.revisions.live(at("2026-05-01")).get().body, "title": "Planned title"}
        planned = Revision.objects.create(document=article, body=body)
        publish(planned, by=None, note="", significance=Significance.CONTENT, at=at("2099-01-01"), now=at("2026-05-01"))
        a_draft(article, a_body("Draft title"))
        for address in ("topic/", "", "topic/versions/"):
            page = read(client, address)
            assert "Planned title" not in page
            assert "Draft title" not in page
        assert client.get("/en/articles/topic/versions/3/").status_code == 404

    def test_machines_read_what_it_is(self, client):
        page = read(client, "topic/")
        assert 'itemtype="https://schema.org/Article"' in page
        assert '<h1 itemprop="headline">New title</h1>' in page
        assert '<time itemprop="dateModified" datetime="2026-04-01">' in page
        assert '<meta itemprop="inLanguage" content="en">' in page
        assert 'itemtype="https://schema.org/BreadcrumbList"' in page

    def test_the_list_shows_all_that_is_live(self, client):
        retired = an_article("retired", history={"2026-02-01": a_body("Retired title")})
        retire(retired, by=None, at=at("2026-02-02"), now=at("2026-02-02"))
        page = read(client, "")
        assert "New title" in page
        assert "Retired title" not in page


class TestTheDayAsked:
    @pytest.mark.parametrize(
        ("day", "title", "limit"),
        [("2026-02-01", "Old title", "20"), ("2026-02-28", "Old title", "20"), ("2026-03-01", "Old title", "30"),
         ("2026-03-31", "Old title", "30"), ("2026-04-01", "New title", "30")],
    )  # fmt: skip
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_text_and_facts_are_of_that_day(self, client, language, day, title, limit):
        page = read(client, "topic/", language, as_of=day)
        assert title in page
        assert f"Below {limit}." in page
        assert '<meta name="robots" content="noindex">' in page

    @pytest.mark.parametrize("day", ["2026-01-31", "2099-01-01", "yesterday", ""])
    def test_a_day_without_it_is_not_found(self, client, day):
        assert client.get("/en/articles/topic/", {"as_of": day}).status_code == 404

    def test_its_history_ends_on_that_day(self, client):
        page = read(client, "topic/versions/", as_of="2026-02-28")
        assert page.count("<tr><td") == 1


class TestAVersion:
    @pytest.mark.parametrize(
        ("address", "title", "limit"),
        [
            ("topic/versions/1/", "Old title", "20"),
            ("topic/versions/1/?facts=2", "Old title", "30"),
            ("topic/versions/2/", "New title", "30"),
            ("topic/versions/2/?facts=1", "New title", "20"),
        ],
    )
    def test_it_shows_its_words_with_the_facts_of_its_day_or_of_the_sheet_named(self, client, address, title, limit):
        page = client.get(f"/en/articles/{address}").content.decode()
        assert f'<h1 itemprop="headline">{title}</h1>' in page
        assert f"Below {limit}." in page

    def test_an_article_links_to_the_permalink_of_what_it_shows(self, client):
        page = read(client, "topic/", as_of="2026-02-15")
        (permalink,) = re.findall(r'href="([^"]+/versions/1/\?facts=1)"', page)
        assert "Below 20." in client.get(permalink).content.decode()

    def test_it_stays_when_the_article_is_retired(self, client):
        from articles.models import Translation

        retire(Translation.objects.get(language="en"), by=None, at=at("2026-05-01"), now=at("2026-05-01"))
        assert client.get("/en/articles/topic/").status_code == 410
        assert "Old title" in read(client, "topic/versions/1/")


class TestWhatChanged:
    def test_the_history_lists_versions_and_changed_facts(self, client):
        page = read(client, "topic/versions/")
        assert page.count("<tr><td") == 3
        assert "<code>refund.gpu_minutes</code> <del>20</del> → <ins>30</ins>" in page

    def test_two_versions_are_compared_word_by_word(self, client):
        page = client.get("/en/articles/topic/versions/compare/?from=1&to=2").content.decode()
        assert "<del>Old</del><ins>New</ins> title" in page
        assert "Below <del>20</del><ins>30</ins>." in page

    def test_one_version_is_compared_under_two_sheets(self, client):
        address = "/en/articles/topic/versions/compare/?from=1&to=1&facts_from=1&facts_to=2"
        page = client.get(address).content.decode()
        assert "Below <del>20</del><ins>30</ins>." in page
        assert "Old</del>" not in page

    def test_fields_have_names_in_the_readers_language_and_words_have_no_markup(self, client):
        link = "See [the wizard](wizard) **now**."
        an_article("plain", history={"2026-05-01": a_body("P"), "2026-05-02": a_body("P", text=link)})
        page = client.get("/en/articles/plain/versions/compare/?from=1&to=2").content.decode()
        assert "<ins>See the wizard now.</ins>" in page
        assert '<h2 class="passage__field">Text</h2>' in page

    def test_a_moved_step_is_shown_as_moved(self, client):
        before, after = (a_body("M", steps=tuple(steps.split())) for steps in ("go press see", "see go press"))
        an_article("moved", history={"2026-05-01": before, "2026-05-02": after})
        page = client.get("/en/articles/moved/versions/compare/?from=1&to=2").content.decode()
        assert "<mark>Do see</mark> (moved from place 3 to 1)" in page
        assert "<ins>" not in page.partition("passage__field")[2]

    def test_hostile_words_are_shown_as_words(self, client):
        an_article("evil", history={"2026-05-01": a_body("A"), "2026-05-02": a_body("<script>x</script>")})
        page = client.get("/en/articles/evil/versions/compare/?from=1&to=2").content.decode()
        assert "<script>x" not in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "address",
    [
        "nothing/",
        "nothing/versions/",
        "topic/versions/0/",
        "topic/versions/3/",
        "topic/versions/99999999999999999999999/",
        "topic/versions/one/",
        "topic/versions/1/?facts=3",
        "topic/versions/1/?facts=x",
        "topic/versions/1/?facts=",
        "topic/versions/compare/",
        "topic/versions/compare/?from=1",
        "topic/versions/compare/?from=1&to=9",
        "topic/versions/compare/?from=-1&to=2",
        "topic/versions/compare/?from=1&to=2&facts_from=99999999999999999999",
        "%E6%96%87%E7%AB%A0/",
        "topic/%00/",
    ],
)
def test_what_is_not_there_is_said_in_the_readers_language_with_a_way_on(client, language, address):
    response = client.get(f"/{language}/articles/{address}")
    page = response.content.decode()
    assert response.status_code == 404
    assert f'<html lang="{TAGS[language]}">' in page
    assert f"/{language}/articles/topic/" in page
    assert ("This page does not exist" in page) == (language == "en")
