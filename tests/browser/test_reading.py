"""How a page is read elsewhere than on a screen of ordinary size and colours: on paper, enlarged, in forced colours."""

from io import BytesIO
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from tests.browser.conftest import ROOT
from tests.browser.test_accessibility import KINDS, sideways, violations

SOME = ("home", "path article", "article with a table", "rules disagree", "search with results", "outcome with dates")


def printed(page):
    """How many sheets the page is on paper, and its words."""
    pdf = PdfReader(BytesIO(page.pdf(format="A4")))
    return len(pdf.pages), close("".join(sheet.extract_text() for sheet in pdf.pages))


def close(words):
    """Words without the blanks between them; a PDF names some characters by their radicals, and breaks lines."""
    return "".join(normalize("NFKC", words).split())


@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_an_article_on_paper_has_its_steps_dates_and_address_and_nothing_to_press(new_page, site, language):
    page = new_page(width=1280)
    page.goto(f"/{language}/articles/cancel-web/")
    folded = page.locator(".step__if-not div").first.text_content()
    steps, updated = page.locator(".step__title").all_text_contents(), page.locator("time").first.text_content()
    search, helped = page.locator(".site-nav a").first.text_content(), page.locator(".helped legend").text_content()
    sheets, words = printed(page)
    for said in (*steps, updated, folded, f"{site}/{language}/articles/cancel-web/versions/1/?facts=1"):
        assert close(said) in words, said
    for pressed in (search, helped):
        assert close(pressed) not in words, pressed
    assert sheets <= 6


@pytest.mark.parametrize("kind", SOME)
def test_at_four_hundred_percent_nothing_is_cut_off(new_page, kind):
    page = new_page(width=320, device_scale_factor=4)
    page.set_viewport_size({"width": 320, "height": 211})  # 1280 by 844 enlarged four times
    page.goto(KINDS[kind].format("zh-hant"))
    assert sideways(page) == 0
    page.evaluate("window.scrollTo(0, 400)")
    covered = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter(each =>
            ["fixed", "sticky"].includes(getComputedStyle(each).position)
            && each.getBoundingClientRect().bottom > 0 && each.getBoundingClientRect().top < 1)
            .reduce((most, each) => Math.max(most, each.getBoundingClientRect().height), 0)"""
    )
    assert covered < 211 / 3  # what stays in place leaves room to read


@pytest.mark.parametrize("width", [320, 390])
def test_lines_break_where_a_reader_would_break_them(new_page, width):
    page = new_page(width=width)
    for address in (
        "/zh-hant/wizard/obstacle/?biller=midjourney&access=can",
        "/zh-hant/refund/?gpu_minutes=26&images=4",
        "/zh-hant/articles/cancel-web/",
    ):
        page.goto(address)
        assert page.evaluate(BROKEN_BADLY) == [], address


# Headings and answers of which a line begins with a mark that ends something; days and labels that stand on two lines.
BROKEN_BADLY = """() => {
  const found = [];
  for (const heading of document.querySelectorAll("main :is(h1, h2, h3, h4, .choice__label)")) {
    const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
    let before = null;
    while (walker.nextNode()) {
      const node = walker.currentNode;
      for (let i = 0; i < node.length; i++) {
        const range = document.createRange();
        range.setStart(node, i); range.setEnd(node, i + 1);
        const box = range.getBoundingClientRect();
        if (!box.width) continue;
        const begins = before && box.left < before.left;
        if (begins && "，。、；：？！）」』〉》".includes(node.data[i])) found.push(heading.textContent);
        before = box;
      }
    }
  }
  for (const whole of document.querySelectorAll("main :is(h1, h2, h3, h4) time, main b.label"))
    if (whole.getClientRects().length > 1) found.push(whole.textContent);
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_everything_can_be_told_apart(new_page, scheme):
    page = new_page(width=390, scheme=scheme, forced_colors="active")
    for kind in SOME:
        page.goto(KINDS[kind].format("zh-hant"))
        # axe reads a text's fill, which is not forced, beside a ground that is: the colours are the reader's own.
        assert [each for each in violations(page) if not each.startswith("color-contrast")] == [], kind
        bare = page.evaluate(
            """() => [...document.querySelectorAll("a.button, button.button, .choice")].filter(each =>
                each.getClientRects().length && parseFloat(getComputedStyle(each).borderTopWidth) === 0)
                .map(each => each.outerHTML.slice(0, 80))"""
        )
        assert bare == [], kind  # a button is one by its edge, for its ground is gone


@pytest.mark.parametrize("javascript", [False, True])
def test_the_link_beside_a_heading_puts_its_address_where_one_copies_from(new_page, site, javascript):
    page = new_page(width=1280, javascript=javascript)
    page.goto("/en/articles/after-cancel/")
    page.locator("#fast-time + .heading__link").click()
    assert page.url == f"{site}/en/articles/after-cancel/#fast-time"


def test_the_style_sheet_that_is_sent_says_what_was_written(new_page, site):
    page = new_page()
    page.goto("/en/")
    rules = """async address => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(address.includes("{") ? address : await (await fetch(address)).text());
        return [...sheet.cssRules].map(rule => rule.cssText).join("\\n");
    }"""
    sent = page.evaluate(rules, page.locator("link[rel=stylesheet]").first.get_attribute("href"))
    assert sent == page.evaluate(rules, (ROOT / "static/css/site.css").read_text("utf-8"))
    assert len(sent) > 20_000
