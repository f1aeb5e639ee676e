"""The picture that is shown of an article where somebody shares its link."""

import os
import re
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from articles import cards
from articles.cards import SIZE, can_draw, card
from tests.builders import LANGUAGES, a_body, a_sheet, an_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def font():
    if not can_draw():
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, but there is no Noto Sans CJK on this machine")
        pytest.skip("there is no Noto Sans CJK on this machine")


@pytest.fixture
def article():
    a_sheet()
    for language in LANGUAGES:
        history = {"2026-02-01": a_body("Up to {{refund.gpu_minutes}} 分鐘")}
        an_article("topic", language, history=history)


def drawn(content):
    image = Image.open(BytesIO(content))
    assert (image.format, image.size) == ("PNG", SIZE)
    return image.convert("RGB")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_names_its_picture_and_it_is_there(font, article, client, language):
    html = client.get(f"/{language}/articles/topic/").content.decode()
    address = re.search(r'property="og:image" content="http://testserver([^"]+)"', html)[1]
    assert '<meta property="og:title" content="Up to 20 分鐘">' in html
    response = client.get(address)
    assert response.headers["Content-Type"] == "image/png"
    assert "Cache-Control" in response.headers
    assert "Set-Cookie" not in response.headers
    drawn(response.content)


def test_other_words_are_another_picture_and_the_same_are_the_same_to_the_byte(font):
    assert card("退款", "S", "zh-hant") == card.__wrapped__("退款", "S", "zh-hant")
    one, other = (drawn(card(words, "S", "en")) for words in ("A", "B"))
    assert ImageChops.difference(one, other).getbbox()


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=300))
def test_whatever_the_title_it_stays_within_its_margins_and_leaves_the_name_alone(words):
    if not can_draw():
        return
    image = drawn(card(words, "", "zh-hant"))
    ground = Image.new("RGB", SIZE, cards.PAPER)
    inked = ImageChops.difference(image.crop((30, 0, *SIZE)), ground.crop((30, 0, *SIZE))).getbbox()
    assert inked is None or inked[3] < SIZE[1] - cards.EDGE - 36


def test_a_machine_without_the_font_names_no_picture(article, client, monkeypatch):
    monkeypatch.setattr(cards, "FONT", "there-is-none.ttc")
    for kept in (cards.font, can_draw):
        kept.cache_clear()
    try:
        assert "og:image" not in client.get("/en/articles/topic/").content.decode()
        assert client.get("/en/articles/topic/card.png").status_code == 404
    finally:
        can_draw.cache_clear()
