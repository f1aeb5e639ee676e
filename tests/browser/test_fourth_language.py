"""A fourth language is a folder and a line in the settings, also one that is written from right to left."""

import re
import urllib.request

import pytest

from tests.browser.conftest import serving
from tests.browser.test_accessibility import KINDS, too_wide, violations, wizard_states
from tests.messages import texts
from tests.pseudo import CODE, make


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pseudo")
    make(folder)
    with serving(folder, DJANGO_SETTINGS_MODULE="tests.pseudo", PSEUDO_DIR=str(folder)) as address:
        yield address


def read(site, address):
    with urllib.request.urlopen(site + address) as response:
        return response.read().decode()


ADDRESSES = [address.format(CODE) for kind, address in KINDS.items() if kind != "not found"]

WHOLE = {
    re.escape(words)
    for message, _context in texts()
    for words in ([message] if isinstance(message, str) else message)
    if "%" not in words and len(words.split()) > 2
}
"""What the interface says in whole, without anything filled in: such words stand nowhere by chance."""


def test_every_text_of_the_interface_is_its_own(site):
    bare = re.compile(rf"(?<!⟦)(?:{'|'.join(WHOLE)})(?!⟧)")
    for address in [*ADDRESSES, *wizard_states(site, CODE)]:
        page = read(site, address)
        assert f'<html lang="{CODE}" dir="rtl">' in page, address
        assert bare.findall(page) == [], address


def test_articles_wizard_and_facts_speak_it(site):
    assert re.search(r"<h1[^>]*>⟦[^<]+⟧</h1>", read(site, f"/{CODE}/articles/cancel-web/"))
    assert re.search(r"<h1[^>]*>⟦[^<]+⟧</h1>", read(site, f"/{CODE}/wizard/"))
    assert f'hreflang="{CODE}"' in read(site, "/en/articles/cancel-web/")
    assert f"/{CODE}/articles/cancel-web/</loc>" in read(site, "/sitemap.xml")


def test_axe_finds_nothing_on_any_kind_of_page_and_nothing_scrolls_sideways(new_page):
    page = new_page(width=320)
    for address in ADDRESSES:
        page.goto(address)
        assert (too_wide(page), violations(page)) == ([], []), address


@pytest.mark.parametrize("width", [320, 1280])
def test_it_is_the_mirror_of_the_others(new_page, width):
    page = new_page(width=width)
    sides = {}
    for code in ("en", CODE):
        page.goto(f"/{code}/articles/cancel-web/")
        box = page.locator(".site-name__mark").bounding_box()
        sides[code] = box["x"] + box["width"] / 2
    assert abs(sides["en"] + sides[CODE] - width) <= 1
