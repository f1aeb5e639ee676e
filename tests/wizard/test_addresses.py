"""Whatever stands in the address: the page if it is the page's one address, else one redirect to the furthest page."""

from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.builders import a_site

pytestmark = pytest.mark.django_db

DONE = "first=walk&way-go=done&way-stop=done"


@pytest.fixture(autouse=True)
def _site():
    a_site()


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        pytest.param("over/", "", id="an outcome without answers"),
        pytest.param("way-stop/?first=walk", "way-go/?first=walk", id="a missing answer"),
        pytest.param("over/?first=walk&way-stop=done", "way-go/?first=walk", id="a gap"),
        pytest.param("second/?first=walk", "way-go/?first=walk", id="a page off the path"),
        pytest.param("?first=nobody", "", id="a made-up choice"),
        pytest.param("?nothing=walk", "", id="a made-up question"),
        pytest.param("way-go/?first=walk&colour=red", "way-go/?first=walk", id="a stranger among the answers"),
        pytest.param("?first=walk&first=ask", "", id="a question answered twice"),
        pytest.param("way-go/?first=walk&first=walk", "", id="the same answer twice"),
        pytest.param("?first=walk&second=end", "?first=walk", id="an answer off the path"),
        pytest.param("?first=" + "walk" * 20, "", id="an answer too long"),
        pytest.param("?first=", "", id="an empty answer"),
        pytest.param("?first", "", id="no answer at all"),
        pytest.param("?FIRST=walk", "", id="capitals"),
        pytest.param("?first=%77alk", "?first=walk", id="another spelling of the same answer"),
        pytest.param(f"over/?{'&'.join(reversed(DONE.split('&')))}", f"over/?{DONE}", id="answers in another order"),
        pytest.param("first/", "", id="the first page by its key"),
        pytest.param("first/?first=walk", "?first=walk", id="the first page by its key, answered"),
        pytest.param("way-go/?first=walk&start=2026-01-01", "way-go/?first=walk", id="dates without an outcome"),
        pytest.param(
            "lost/?first=ask&second=lost&start=1", "lost/?first=ask&second=lost", id="dates where none are asked"
        ),
        pytest.param(f"way-go/?start=1&{DONE}", f"way-go/?{DONE}&start=1", id="dates of the outcome, on the way to it"),
        pytest.param(f"over/?start=2026-01-01&{DONE}", f"over/?{DONE}&start=2026-01-01", id="dates before answers"),
        pytest.param(f"over/?{DONE}&start=1&start=2", f"over/?{DONE}", id="a date given twice"),
        pytest.param(f"over/?{DONE}&hx=1", f"over/?{DONE}", id="a stranger beside an outcome"),
    ],
)
def test_it_leads_to_the_furthest_page_that_the_answers_reach(client, asked, leads_to):
    response = client.get(f"/en/wizard/{asked}")
    assert response.status_code == 302
    assert response.headers["Location"] == f"/en/wizard/{leads_to}"
    assert client.get(response.headers["Location"]).status_code == 200


def test_a_page_that_the_answers_have_passed_is_shown(client):
    assert client.get(f"/en/wizard/way-go/?{DONE}").status_code == 200
    assert client.get(f"/en/wizard/?{DONE}").status_code == 200


def test_more_answers_than_anybody_gives_are_a_bad_request(client):
    assert client.get("/en/wizard/?" + "&".join(f"a{n}=b" for n in range(5001))).status_code == 400


PAGES = ("", "first/", "second/", "way-go/", "way-stop/", "over/", "lost/")
KEYS = ("first", "second", "way-go", "way-stop", "over", "start", "interval", "country")
VALUES = ("walk", "ask", "done", "stuck", "end", "lost", "2026-01-31", "9999-12-31", "0000-00-00", "yearly", "TW")
HOSTILE = (
    *("%", "%zz", "%ff", "%00", "%0d%0aSet-Cookie:a=b", "%ed%a0%80", "%f0%9f", "%C0%AF", "%u4e00", "\xff\xfe", "\x00"),
    *("é", "１", "a;b", "//evil.example/", "<script>", "'\"", "#", "?", "[", "]", "\\", "..%2f", "+", "%2B", "a" * 41),
)
_word = st.sampled_from((*KEYS, *VALUES, *HOSTILE)) | st.text(max_size=8).map(
    lambda text: quote(text.encode("utf-8", "replace"))
)
_key = st.sampled_from(KEYS) | _word
_value = st.sampled_from(VALUES) | _word
queries = st.lists(st.tuples(_key, _value).map("=".join) | _word, max_size=8).map("&".join)


@settings(max_examples=100)
@given(page=st.sampled_from(PAGES), query=queries)
@example(page="over/", query=f"{DONE}&start=%00&interval=%ff&country=%ed%a0%80")
@example(page="over/", query=f"{DONE}&start=a+b%20c&interval=a;b&country='()*~!")
@example(page="over/", query=f"{DONE}&start=é\xff")
@example(page="", query="&&&==&first=walk&&")
def test_anything_else_is_at_most_one_redirect_away_from_a_page(page, query):
    client = Client()
    raw = query.encode("utf-8", "surrogateescape").decode("latin-1")  # as WSGI hands on what the browser sent
    response = client.get(f"/en/wizard/{page}", QUERY_STRING=raw)
    if response.status_code == 302:
        location = response.headers["Location"]
        assert location.startswith("/en/wizard/")
        assert location.isascii()
        response = client.get(location)
    assert response.status_code == 200


@settings(max_examples=40)
@given(
    answers=st.dictionaries(st.sampled_from(("first", "second", "way-go", "way-stop")), st.sampled_from(VALUES)),
    page=st.sampled_from(PAGES),
)
def test_a_redirect_never_invents_an_answer(answers, page):
    response = Client().get(f"/en/wizard/{page}?{urlencode(answers)}")
    kept = response.headers.get("Location", "").partition("?")[2]
    assert set(filter(None, kept.split("&"))) <= set(urlencode(answers).split("&"))


_name = st.sampled_from([each for each in HOSTILE if not set("#?") & set(each)])


@settings(max_examples=40)
@given(name=_name | st.text(max_size=12).map(lambda text: quote(text.encode("utf-8", "replace"), safe="")))
def test_a_page_with_an_odd_name_is_not_found(name):
    assert Client().get(f"/en/wizard/x{name}x/").status_code == 404
