"""The bundled flow over the bundled articles: where every path ends, page by page, and how soon."""

import pytest
import yaml
from django.test import Client

from helpcenter.domain.flows.graph import DONE, Step
from helpcenter.domain.flows.lint import lint
from helpcenter.domain.flows.replay import paths
from tests.builders import the_bundled_site
from tests.pages import Page, WizardPage
from tests.wizard.table import CONTENT, LANGUAGES, TABLE, bundled_flow, bundled_graph, bundled_steps, rows


def test_every_path_ends_where_the_reviewed_table_says():
    assert list(rows()) == TABLE.read_text("utf-8").splitlines()


def test_every_path_ends():
    outcomes = {way.outcome for way in paths(bundled_graph())}
    assert outcomes == {"cancelled", "refunded", "stopped", "already", "store", "nitro", "support"}


def test_nothing_is_wrong_with_it():
    assert lint(bundled_flow(), bundled_steps(), languages=LANGUAGES) == ()


def test_an_article_has_the_same_steps_in_every_language():
    assert bundled_steps("en") == bundled_steps("zh-hant")


@pytest.fixture
def _bundled_content(db):
    the_bundled_site()


@pytest.mark.django_db
@pytest.mark.usefixtures("_bundled_content")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_a_whole_page_of_its_own(language):
    graph, client = bundled_graph(), Client()
    waiting, shown = [f"/{language}/wizard/"], {}
    while waiting:
        page = WizardPage.at(waiting.pop(0), client)
        node = page.address.partition("?")[0].split("/")[3] or graph.start
        assert page.heading
        assert page.attributes("link[rel=canonical]", "href") == [f"http://testserver/{language}/wizard/"]
        assert not page.response.cookies
        assert "Vary" not in page.response.headers
        assert "{{" not in page.text()
        shown[node] = page.title
        for href in page.choices.values():
            to = href.partition("?")[0].split("/")[3] or graph.start
            if to not in shown and not any(f"/wizard/{to}/" in each for each in waiting):
                waiting.append(href)
    assert set(shown) == set(graph.nodes)
    # A step that two walks share is one page of the article, shown at two places of the flow.
    pages = {key: (node.article, node.step) if isinstance(node := graph.nodes[key], Step) else key for key in shown}
    assert len({shown[key] for key in shown}) == len(set(pages.values()))


ANSWERS = {
    "cancel-web": {"biller": "midjourney", "access": "can", "obstacle": "none", "decision": "refund"},
    "cancel-discord": {"biller": "midjourney", "access": "cannot", "signup": "discord", "discord-open": "open"},
    "cancel-email": {"biller": "midjourney", "access": "cannot", "signup": "discord", "discord-open": "gone"},
}


@pytest.mark.django_db
@pytest.mark.usefixtures("_bundled_content")
@pytest.mark.parametrize("language", LANGUAGES)
def test_at_most_twelve_clicks_lead_from_the_door_to_the_end_of_each_path(language):
    graph, client = bundled_graph(), Client(headers={"Accept-Language": language})
    for path, answers in ANSWERS.items():
        home = Page(client.get("/", follow=True))
        assert home.address == f"/{language}/"
        (start,) = {href for href in home.links().values() if href.endswith("/wizard/")}
        page, clicks, node, walked = WizardPage.at(start, client), 1, graph.nodes[graph.start], set()
        while page.choices:
            if isinstance(node, Step):
                walked.add(node.article)
            answer = DONE if isinstance(node, Step) else answers.get(node.key, "period-end")
            assert answer in page.choices, f"say in ANSWERS what somebody on this path answers to {node.key}"
            page, clicks = WizardPage.at(page.choices[answer], client), clicks + 1
            node = graph.nodes[page.address.split("/")[3]]
        assert walked == {path}
        assert clicks <= 12
        assert page.soup.select(".checklist")
        assert not client.cookies


def test_every_article_is_there_in_both_languages():
    slugs = {row["slug"] for row in yaml.safe_load((CONTENT / "articles.yaml").read_text("utf-8"))}
    assert len(slugs) >= 12
    for language in LANGUAGES:
        assert {path.stem for path in (CONTENT / language).glob("*.md")} == slugs
