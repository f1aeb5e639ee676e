"""The wizard over HTTP: each page at its one address, Back and Change, and the article's steps as they are live."""

import pytest
import time_machine
from django.test import Client

from articles.models import Translation
from helpcenter.domain.flows.graph import expand
from helpcenter.domain.flows.replay import paths
from helpcenter.wizard.flows import flow_at
from tests.builders import LANGUAGES, a_body, a_flow, a_flow_body, a_site, at, live, words
from tests.pages import WizardPage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site():
    a_site()


def every_address(language="en"):
    """The address of every page, over the shortest of the paths that meet it."""
    found = {"": f"/{language}/wizard/"}
    waiting = list(found.values())
    while waiting:
        for href in WizardPage.at(waiting.pop(0)).choices.values():
            page = href.partition("?")[0].split("/")[3]
            if page not in found:
                found[page] = href
                waiting.append(href)
    return found


def test_every_page_can_be_reached_by_clicking():
    steps = dict.fromkeys(("walked",), ("go", "stop"))
    graph = expand(flow_at(at("2026-06-01")), steps)
    assert set(every_address()) == {*graph.nodes} - {graph.start} | {""}
    assert len(list(paths(graph))) == 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_a_whole_page_of_its_own(language):
    titles = []
    for address in every_address(language).values():
        page = WizardPage.at(address)
        assert page.heading
        assert page.attributes("link[rel=canonical]", "href") == [f"http://testserver/{language}/wizard/"]
        assert not page.response.cookies
        assert "Vary" not in page.response.headers
        titles.append(page.title)
    assert len(set(titles)) == len(titles)


def test_only_the_bare_first_page_is_for_search_engines():
    assert WizardPage.at("/en/wizard/").attributes("meta[name=robots]", "content") == []
    for page, address in every_address().items():
        if page:
            assert WizardPage.at(address).attributes("meta[name=robots]", "content") == ["noindex"]


def test_a_question_says_how_many_there_are_at_most():
    first = WizardPage.at("/en/wizard/")
    assert first.text(".progress") == "Question 1 of at most 2"
    assert first.choose("ask").text(".progress") == "Question 2 of at most 2"


def test_who_is_asked_again_after_steps_is_told_so():
    body = a_flow_body()
    body["nodes"]["way"]["stuck"] = "second"
    a_flow({"2026-02-01": body})
    assert WizardPage.at("/en/wizard/").choose("ask").text(".progress") == "Question 2 of at most 2"
    assert WizardPage.at("/en/wizard/").choose("walk").choose("stuck").text(".progress") == "One more question"
    body["nodes"]["way"]["stuck"] = "first-again"
    body["nodes"]["first-again"] = {
        "question": words("Again?"),
        "choices": {"one": {"label": words("One"), "to": "second"}, "two": {"label": words("Two"), "to": "lost"}},
    }
    a_flow({"2026-02-02": body})
    again = WizardPage.at("/en/wizard/").choose("walk").choose("stuck")
    assert again.text(".progress") == "A few more questions: 1 of at most 2"
    assert again.choose("one").text(".progress") == "A few more questions: 2 of at most 2"


@pytest.mark.parametrize(
    ("language", "change", "wizard"),
    [("en", "Change: ", "Step-by-step wizard: "), ("zh-hant", "更改：", "一步一步引導：")],
)
def test_what_is_not_seen_has_the_colon_of_its_language(language, change, wizard):
    page = WizardPage.at(f"/{language}/wizard/second/?first=ask")
    assert page.soup.select_one(".answers__change").get_text().startswith(change)
    assert page.attributes("meta[name=description]", "content")[0].startswith(wizard)


def test_a_step_says_where_in_its_article_it_is():
    step = WizardPage.at("/en/wizard/").choose("walk").choose("done")
    assert step.heading == "Do stop"
    assert step.text(".progress") == "Step 2 of 2 · Walked en"


def test_one_walks_through_the_steps_to_what_happens_now():
    page = WizardPage.at("/en/wizard/").choose("walk").choose("done").choose("done")
    assert page.heading == "Over"
    assert page.text(".progress") == "What happens now"
    assert page.text(".checklist li") == "Keep proof."
    assert page.address == "/en/wizard/over/?first=walk&way-go=done&way-stop=done"


def test_who_does_not_see_it_is_led_elsewhere():
    assert WizardPage.at("/en/wizard/").choose("walk").choose("stuck").heading == "Lost"


def test_an_unknown_page_does_not_exist(client):
    response = client.get("/en/wizard/nowhere/?first=walk")
    assert response.status_code == 404


def test_without_a_flow_there_is_no_wizard(client):
    with time_machine.travel(at("2026-01-02"), tick=False):
        assert client.get("/en/wizard/").status_code == 404


# ---- Back, Change, and what was answered ----


def test_back_keeps_every_answer():
    over = WizardPage.at("/en/wizard/").choose("walk").choose("done").choose("done")
    back = WizardPage.at(over.back)
    assert back.heading == "Do stop"
    assert back.onward == over.address
    first = WizardPage.at(WizardPage.at(back.back).back)
    assert first.back is None
    assert first.address == "/en/wizard/?first=walk&way-go=done&way-stop=done"
    assert first.onward == over.address
    assert WizardPage.at(first.onward).heading == "Over"


def test_the_answer_so_far_is_marked():
    page = WizardPage.at("/en/wizard/?first=walk")
    assert page.notes == {"Walk": "Your answer so far"}
    assert page.attributes("a.choice[aria-current=true]", "href") == ["/en/wizard/way-go/?first=walk"]


def test_a_choice_says_that_later_answers_no_longer_apply():
    page = WizardPage.at("/en/wizard/?first=walk&way-go=done")
    assert page.notes == {"Walk": "Your answer so far", "Ask": "Your later answers no longer apply then"}
    assert page.choices["ask"] == "/en/wizard/second/?first=ask"


def test_your_answers_so_far_with_a_way_to_change_each():
    page = WizardPage.at("/en/wizard/").choose("ask").choose("lost")
    assert page.answers == {"First?": "Ask", "Second?": "Lost"}
    assert page.changes == {
        "First?": "/en/wizard/?first=ask&second=lost",
        "Second?": "/en/wizard/second/?first=ask&second=lost",
    }


def test_the_first_page_has_no_answers_yet():
    assert WizardPage.at("/en/wizard/").answers == {}


def test_change_keeps_the_later_answers_that_still_apply():
    body = a_flow_body()
    for choice in body["nodes"]["first"]["choices"].values():
        choice["to"] = "second"
    body["nodes"]["second"]["choices"]["lost"]["to"] = "way"
    a_flow({"2026-02-01": body})
    over = WizardPage.at("/en/wizard/").choose("walk").choose("end")
    changed = WizardPage.at(over.changes["First?"]).choose("ask")
    assert changed.address == "/en/wizard/second/?first=ask&second=end"
    assert changed.notes == {"End": "Your answer so far"}
    assert changed.onward == "/en/wizard/over/?first=ask&second=end"


def test_two_tabs_do_not_know_each_other():
    one, other = Client(), Client()
    over = WizardPage.at("/en/wizard/over/?first=ask&second=end", one)
    WizardPage.at("/en/wizard/lost/?first=ask&second=lost", one)
    assert WizardPage.at(over.address, one).response.content == over.response.content
    assert WizardPage.at(over.address, other).response.content == over.response.content


# ---- The article's own live steps ----


def test_the_wizard_walks_the_articles_steps_as_they_are_live():
    for text in Translation.objects.filter(article__slug="walked"):
        live(text, {"2026-05-01": a_body("Walked", steps=("go", "look", "stop"))})
    with time_machine.travel(at("2026-04-30"), tick=False):
        assert WizardPage.at("/en/wizard/").choose("walk").choose("done").heading == "Do stop"
    with time_machine.travel(at("2026-05-02"), tick=False):
        step = WizardPage.at("/en/wizard/").choose("walk").choose("done")
        assert step.heading == "Do look"
        assert step.text(".progress").startswith("Step 2 of 3")


def test_a_bookmark_from_before_a_step_was_added_leads_to_that_step(client):
    bookmark = "/en/wizard/over/?first=walk&way-go=done&way-stop=done"
    assert client.get(bookmark).status_code == 200
    for text in Translation.objects.filter(article__slug="walked"):
        live(text, {"2026-05-01": a_body("Walked", steps=("go", "look", "stop"))})
    assert client.get(bookmark).headers["Location"] == "/en/wizard/way-look/?first=walk&way-go=done"


def test_a_bookmark_of_a_step_that_is_gone_is_not_found(client):
    for text in Translation.objects.filter(article__slug="walked"):
        live(text, {"2026-05-01": a_body("Walked", steps=("go",))})
    assert client.get("/en/wizard/way-stop/?first=walk&way-go=done").status_code == 404
    assert client.get("/en/wizard/over/?first=walk&way-go=done&way-stop=done").headers["Location"] == (
        "/en/wizard/over/?first=walk&way-go=done"
    )


def test_a_step_shows_the_words_of_the_live_article_in_the_readers_language():
    steps = a_body("改過", steps=("go",))
    steps["steps"][0] |= {"title": "登入", "text": "打開。", "see": "選單。", "if_not": "換一個。"}
    live(Translation.objects.get(article__slug="walked", language="zh-hant"), {"2026-05-01": steps})
    page = WizardPage.at("/zh-hant/wizard/way-go/?first=walk")
    assert page.heading == "登入"
    for shown in ("打開。", "選單。", "換一個。"):
        assert shown in page.text()


def test_another_flow_is_followed_from_the_moment_it_is_live():
    body = a_flow_body()
    body["nodes"]["first"]["question"] = words("Anew?")
    a_flow({"2026-05-01": body})
    with time_machine.travel(at("2026-04-30"), tick=False):
        assert WizardPage.at("/en/wizard/").heading == "First?"
    with time_machine.travel(at("2026-05-02"), tick=False):
        assert WizardPage.at("/en/wizard/").heading == "Anew?"
