"""axe-core finds nothing on any page or state of the wizard, light and dark; nothing scrolls sideways at 320 px."""

import re
import urllib.request
from datetime import date
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what is in order needs no details, which take a third of the time
}

KINDS = {
    "home": "/{}/",
    "articles": "/{}/articles/",
    "path article": "/{}/articles/cancel-web/",
    "article with a table": "/{}/articles/plans/",
    "refund article": "/{}/articles/refund-eligibility/",
    "versions": "/{}/articles/cancel-web/versions/",
    "version": "/{}/articles/cancel-web/versions/1/",
    "as of": "/{}/articles/cancel-web/?as_of=2026-11-01",
    "comparison": "/{}/articles/cancel-web/versions/compare/?from=1&to=1",
    "refund form": "/{}/refund/",
    "eligible": "/{}/refund/?gpu_minutes=12&images=40&earlier=no&start=2026-10-31&interval=monthly&country=TW",
    "rules disagree": "/{}/refund/?gpu_minutes=26&images=4&earlier=yes",
    "not eligible": "/{}/refund/?gpu_minutes=90&images=100",
    "refund errors": "/{}/refund/?gpu_minutes=x&images=&start=x",
    "refund permalink": "/{}/refund/?gpu_minutes=1&images=1&facts=1&on=2026-11-01",
    "search with results": "/{}/search/?q=discord",
    "search without results": "/{}/search/?q=netflix",
    "not found": "/{}/nowhere/",
    "outcome with dates": "/{}/wizard/store/?biller=store",
}


@cache
def wizard_states(site: str, language: str) -> tuple[str, ...]:
    """One address for each page that the wizard has, found by following its links."""
    waiting, found = [f"/{language}/wizard/"], {}
    while waiting:
        address = waiting.pop(0)
        key = address.split("?")[0]
        if key in found:
            continue
        found[key] = address
        with urllib.request.urlopen(site + address) as response:
            html = response.read().decode()
        waiting += [href.replace("&amp;", "&") for href in re.findall(r'id="choice-[^"]*" href="([^"]*)"', html)]
    outcome = next(address for key, address in found.items() if key.endswith("/cancelled/"))
    return (*found.values(), f"{outcome}&start={date.today()}&interval=monthly", f"{outcome}&start=nonsense")


def violations(page) -> list[str]:
    """What axe finds, one line each."""
    results = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in results for node in each["nodes"]]


def sideways(page) -> int:
    """By how many pixels the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


WIDTHS = (320, 1280)
LOOKS = [("zh-hant", "light", 320), ("en", "dark", 1280), ("zh-hant", "dark", 1280), ("en", "light", 320)]
"""Every second kind of page has the first two, the others have the other two."""


def too_wide(page) -> list[int]:
    """At which widths the page scrolls sideways. It is left as wide as it was."""
    before, found = page.viewport_size, []
    for width in WIDTHS:
        page.set_viewport_size({**before, "width": width})
        found += [width] if sideways(page) else []
    page.set_viewport_size(before)
    return found


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_axe_finds_nothing_on_any_kind_of_page_and_nothing_scrolls_sideways(new_page, language, scheme, width):
    page = new_page(scheme=scheme, width=width)
    for kind in list(KINDS)[LOOKS.index((language, scheme, width)) // 2 :: 2]:
        page.goto(KINDS[kind].format(language))
        assert (too_wide(page), violations(page)) == ([], []), kind


def test_axe_finds_nothing_in_any_state_of_the_wizard_and_nothing_scrolls_sideways(new_page, site):
    states = wizard_states(site, "zh-hant")
    assert len(states) > 30
    page = new_page(scheme="dark", width=320)  # the kinds above have all looks
    for address in states:
        page.goto(address)
        assert (sideways(page), violations(page)) == (0, []), address


@pytest.mark.parametrize(("language", "most"), [("zh-hant", 40), ("en", 75)])
def test_lines_are_short_enough_to_read(new_page, language, most):
    page = new_page(width=1280)
    page.goto(f"/{language}/articles/cancel-web/")
    longest = page.evaluate(LONGEST_LINE, language.startswith("zh"))
    assert 0 < longest <= most


# Counts the characters of each drawn line of running text by where they lie. Among Han a Latin letter is half.
LONGEST_LINE = """(han) => {
  let longest = 0;
  for (const paragraph of document.querySelectorAll(".prose p, .prose li")) {
    const lines = new Map();
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      for (let i = 0; i < node.length; i++) {
        const range = document.createRange();
        range.setStart(node, i); range.setEnd(node, i + 1);
        const box = range.getBoundingClientRect();
        if (!box.width) continue;
        const line = Math.round(box.bottom / 8);
        const half = han && /[\\x00-\\xff]/.test(node.data[i]);
        lines.set(line, (lines.get(line) || 0) + (half ? 0.5 : 1));
      }
    }
    longest = Math.max(longest, ...lines.values());
  }
  return longest;
}"""


def test_everything_that_is_pressed_is_large_enough(new_page, site):
    page = new_page(width=390)
    version = "/zh-hant/articles/cancel-web/versions/1/"
    for address in ("/zh-hant/", "/zh-hant/wizard/", "/zh-hant/refund/", "/zh-hant/search/?q=退款", version):
        page.goto(address)
        small = page.evaluate(
            """() => [...document.querySelectorAll(
                "button, .choice, .button, .path a, .band a, .result__title, input, select, summary, header a")]
            .filter(each => each.getClientRects().length && each.getBoundingClientRect().height < 44)
            .map(each => each.outerHTML.slice(0, 80))"""
        )
        assert small == [], address
