"""The permalink of an answer: the same answer for ever, whatever the sheet says later and whatever the day."""

from urllib.parse import urlencode

import pytest
import time_machine

from tests.builders import a_sheet, a_sheet_body, at
from tests.pages import Page
from tests.replay import replayed

pytestmark = pytest.mark.django_db

TYPED = {
    "gpu_minutes": "25",
    "images": "１９",
    "earlier": "yes",
    "start": "2026-01-31",
    "interval": "yearly",
    "country": "TW",
}


def answer(page):
    return str(page.soup.select_one("#answer"))


def permalink(page):
    (href,) = page.attributes(".decided [rel=nofollow]", "href")
    return href


@pytest.fixture(autouse=True)
@replayed
def _sheet():
    a_sheet()


@pytest.fixture
def kept():
    """An answer of 10 March 2026, and its permalink."""
    with time_machine.travel(at("2026-03-10"), tick=False):
        page = Page.at(f"/en/refund/?{urlencode(TYPED)}")
    return permalink(page), answer(page)


def test_it_says_the_same_at_once(kept):
    with time_machine.travel(at("2026-03-10"), tick=False):
        assert answer(Page.at(kept[0])) == kept[1]


def test_it_says_the_same_after_the_sheet_changed_and_on_another_day(kept):
    changed = a_sheet_body(refund__gpu_minutes="5", refund__images="5", refund__business_days="1")
    changed["facts"]["label.cancel"]["value"] = "End Plan"
    a_sheet({"2026-04-01": changed})
    with time_machine.travel(at("2027-08-15"), tick=False):
        page = Page.at(kept[0])
        assert answer(page) == kept[1]
        assert page.attributes("[data-outcome]", "data-outcome") == ["eligible"]
        assert permalink(page) == kept[0]
        assert "oday" not in page.text(".timeline")  # it was another day
        today = Page.at(f"/en/refund/?{urlencode(TYPED)}")
        assert today.attributes("[data-outcome]", "data-outcome") == ["not-eligible"]


def test_it_names_the_version_of_the_sheet_and_the_day(kept):
    assert "facts=1" in kept[0]
    assert "on=2026-03-10" in kept[0]
    page = Page.at(kept[0])
    assert "Fact sheet 1." in page.text(".decided")
    assert "fact sheet 1" in page.text(".band")


def test_it_is_there_in_the_other_language(kept):
    page = Page.at(kept[0].replace("/en/", "/zh-hant/"))
    assert page.attributes("[data-outcome]", "data-outcome") == ["eligible"]


def test_its_form_asks_the_same_sheet_again(kept):
    hidden = {each["name"]: each["value"] for each in Page.at(kept[0]).soup.select("form input[type=hidden]")}
    assert hidden == {"facts": "1", "on": "2026-03-10"}


@pytest.mark.parametrize(
    "pinned",
    [
        "facts=2",
        "facts=0",
        "facts=-1",
        "facts=x",
        "facts=",
        "facts=１",
        "facts=9999999999",
        "on=today",
        "on=",
        "on=2026-13-01",
    ],
)
def test_a_version_or_day_that_there_is_not_is_not_found(client, pinned):
    assert client.get(f"/en/refund/?gpu_minutes=1&images=1&{pinned}").status_code == 404


def test_a_sheet_that_is_only_planned_has_no_permalink_yet(client):
    with time_machine.travel(at("2026-03-10"), tick=False):
        a_sheet({"2026-05-01": a_sheet_body(refund__gpu_minutes="5")})
        assert client.get("/en/refund/?gpu_minutes=1&images=1&facts=2").status_code == 404
    with time_machine.travel(at("2026-05-02"), tick=False):
        assert client.get("/en/refund/?gpu_minutes=1&images=1&facts=2").status_code == 200


def test_as_of_a_day_asks_the_sheet_of_that_day():
    a_sheet({"2026-04-01": a_sheet_body(refund__gpu_minutes="30")})
    check = "/en/refund/?gpu_minutes=25&images=99"
    assert Page.at(check).attributes("[data-outcome]", "data-outcome") == ["eligible"]
    assert Page.at(f"{check}&as_of=2026-03-31").attributes("[data-outcome]", "data-outcome") == ["not-eligible"]
