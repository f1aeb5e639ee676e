"""What the site takes an address for is where a browser goes: two parsers, one answer."""

from itertools import product

from bs4 import BeautifulSoup

from articles.addresses import resolve
from articles.markdown import fill, render
from helpcenter.domain.facts import read_sheet
from helpcenter.references.hosts import outbound_host
from tests.builders import LANGUAGES, a_sheet_body

SCHEMES = ("https:", "HTTPS:", "https:\t", "http:", "", "\\", "javascript:", "https&colon;", " https:")
SLASHES = ("//", "/", "///", "\\\\", "/\\", "\\/", "", "/\t/", "%2f%2f")
NAMES = (
    *("evil.example", "a.b@evil.example", "a.b\\@evil.example", "a.b:443@evil.example", "a.b#@evil.example"),
    *("a.b?@evil.example", "a.b%2f@evil.example", "a.b%00.evil.example", "evil%2eexample", "evil。example"),
    *("ⅇvil.example", "xn--evl-2ma.example", "a.b:8443", "0x7f.1", "127.1", "[::1]", "a.b..", "a..b", "a_b.example"),
    *("a.b;evil.example", "a.b/..//evil.example", "a.b\tevil.example", "ａ.example", "a.b:", "a.b:99999"),
)
"""In place of a name, what one parser or the other has taken for another."""


ASKED = (
    "links => links.map(link => { try { return new URL(link, 'https://guide.example/en/').host } catch { return '' } })"
)


def test_a_browser_goes_where_the_site_thinks_that_a_link_leads(chromium):
    sent = ["".join(each) + "/x" for each in product(SCHEMES, SLASHES, NAMES)]
    texts = (f"{before}{address}{after}" for address in sent for before, after in (("[a](", ")"), ("[a](<", ">)")))
    sheet = read_sheet(a_sheet_body(), version=1, languages=LANGUAGES)
    pages = (
        BeautifulSoup(fill(render(text), sheet, "en", lambda each: resolve(each, "en")), "html.parser")
        for text in texts
    )
    shown = {link["href"] for page in pages for link in page.select("a[href]")}
    assert len(shown) > 20
    page = chromium.new_page()
    try:
        hosts = page.evaluate(ASKED, [*shown])
    finally:
        page.close()
    thought = [outbound_host(link) or "guide.example" for link in shown]
    assert [each for each in zip(shown, thought, hosts, strict=True) if each[1] != each[2]] == []
