"""From Markdown to HTML: safe whatever is typed, with the facts as readers of a language write them."""

import re
from html.parser import HTMLParser

import pytest

from articles.addresses import resolve
from articles.markdown import fill, fill_markdown, fill_plain, heading_ids, headings, links, render, render_inline
from helpcenter.domain.facts import read_sheet
from tests.builders import LANGUAGES, a_fact, a_sheet_body

EVIL = "<script>alert(1)</script>\"'&"


def a_sheet(**facts):
    body = a_sheet_body()
    body["facts"] |= {key.replace("__", "."): row for key, row in facts.items()}
    return read_sheet(body, version=1, languages=LANGUAGES)


def shown(text, language="en", **facts):
    return fill(render_inline(text), a_sheet(**facts), language, lambda target: f"/{target}/")


class Page(HTMLParser):
    """The tags and link targets of a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.targets = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.targets += [value or "" for name, value in attrs if name in ("href", "src")]


class TestWhatEditorsWrite:
    def test_the_usual_words(self):
        assert render("**bold** and *soft*\n\n- one\n- two") == (
            "<p><strong>bold</strong> and <em>soft</em></p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
        )

    def test_a_heading_with_its_id(self):
        text = "{#when}\n## When *exactly*\n\nWords.\n\n{#more}\n### More\n\n## Bare"
        assert '<h2 id="when">When <em>exactly</em></h2>' in render(text)
        assert heading_ids(text) == ("when", "more", None)
        assert headings(text) == (("when", "When *exactly*"),)

    def test_a_table(self):
        assert "<td>1</td>" in render("| a |\n|---|\n| 1 |")

    def test_html_is_shown_as_it_was_typed(self):
        assert render_inline("<b>x</b>") == "&lt;b&gt;x&lt;/b&gt;"

    def test_an_image_does_not_come_from_elsewhere(self):
        assert "img" not in Page(render("![x](https://example.com/x.png)")).tags

    def test_links_are_told_as_they_were_written(self):
        told = links("[a](cancel-web#top), **[b](https://x.y/)**\n\n- [c](wizard)")
        assert told == ("cancel-web#top", "https://x.y/", "wizard")


class TestWhereALinkLeads:
    """Whoever is about to leave this site can read where to."""

    @pytest.mark.parametrize(
        "link",
        [
            "[Sign in](https://evil.example/a?b=1)",
            "[midjourney.com](https://evil.example)",
            "[midjourney.com](https://midjourney.com@evil.example/)",
            "[evil.example.com](https://evil.example)",
            "[not-evil.example](https://evil.example)",
            '[**Sign in**](HTTPS://EVIL.example "evil.example")',
            "[](https://evil.example)",
        ],
    )
    def test_the_host_stands_behind_words_that_hide_it(self, link):
        assert re.search(r"</a> \(evil\.example\)(</p>)?$", render(link).strip())
        assert render_inline(link).endswith("</a> (evil.example)")

    @pytest.mark.parametrize(
        "link",
        [
            "<https://evil.example/a>",
            "[evil.example](https://evil.example)",
            "[See www.evil.example.](https://www.evil.example/a)",
            "[an article](cancel-web)",
            "[a mail](mailto:a@evil.example)",
        ],
    )
    def test_and_not_twice(self, link):
        assert render_inline(link).endswith("</a>")


class TestFacts:
    @pytest.mark.parametrize(
        ("fact", "english", "chinese"),
        [
            (a_fact("20.0"), "20", "20"),
            (a_fact("3.3"), "3.3", "3.3"),
            (a_fact("1000000", "money"), "US$1,000,000", "1,000,000\xa0美元"),
            (a_fact("2026-10-07", "date"), None, "2026年10月7日"),
            (a_fact("Cancel Plan", "label"), '<b class="label" lang="en">Cancel Plan</b>', None),
            (a_fact("/info", "command"), '<code class="command">/info</code>', None),
            (
                a_fact("https://www.midjourney.com/account", "address"),
                '<a href="https://www.midjourney.com/account" rel="external noopener">midjourney.com/account</a>',
                None,
            ),
            (a_fact({"zh-hant": "二十", "en": "twenty", "zh-hans": "二十"}, "text"), "twenty", "二十"),
        ],
    )
    def test_each_kind_is_shown_as_its_readers_write_it(self, fact, english, chinese):
        if english is not None:
            assert shown("{{a.fact}}", "en", a__fact=fact) == english
        if chinese is not None:
            assert shown("{{ a.fact }}", "zh-hant", a__fact=fact).replace(" ", "") == chinese.replace(" ", "")
        if english is not None and chinese is None:
            assert shown("{{a.fact}}", "zh-hant", a__fact=fact) == english

    @pytest.mark.parametrize("kind", ["label", "command", "text", "address"])
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_each_kind_is_escaped(self, kind, language):
        value = {"text": dict.fromkeys(LANGUAGES, EVIL), "address": f"https://x.y/{EVIL}"}.get(kind, EVIL)
        html = shown("{{a.fact}}", language, a__fact=a_fact(value, kind))
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert '"&' not in html

    def test_a_fact_that_is_not_there_stays_to_be_seen(self):
        assert shown("{{no.fact}}") == "{{no.fact}}"
        assert fill_plain("{{no.fact}}", a_sheet(), "en") == "{{no.fact}}"

    def test_in_plain_words_there_is_no_markup(self):
        text = "Press {{label.cancel}} at {{site.account}}: {{refund.images}}"
        assert fill_plain(text, a_sheet(), "en") == "Press Cancel Plan at midjourney.com/account: 20"


class TestLinks:
    def test_a_short_link_becomes_an_address_and_others_stay(self):
        html = shown("[a](cancel-web#top) [b](https://x.y/) [c](#here) [d](mailto:a@x.y)")
        assert Page(html).targets == ["/cancel-web#top/", "https://x.y/", "#here", "mailto:a@x.y"]

    @pytest.mark.parametrize(
        "target",
        [
            *(
                "//evil.example",
                "///evil.example",
                "https:evil.example",
                "https:/evil.example",
                "https:///evil.example",
            ),
            *(
                "https://a.b@evil.example/",
                "https://127.0.0.1/",
                "https://evil.example:8443/",
                "https://evil%2eexample/",
            ),
        ],
    )
    def test_what_only_browsers_take_for_another_site_leads_nowhere(self, target):
        assert Page(fill(render(f"[a]({target})"), a_sheet(), "en", lambda each: resolve(each, "en"))).targets == ["#"]
        assert fill_markdown(f"[a]({target})", a_sheet(), "en", lambda each: resolve(each, "en")) == "[a](#)"

    @pytest.mark.parametrize("target", ["http://x.y/", "tel:1", "ftp://x.y/", "sms:1"])
    def test_only_encrypted_pages_and_mails_are_linked(self, target):
        assert Page(render(f"[a]({target})")).targets == []

    def test_what_looks_like_a_link_in_the_words_of_one_is_none(self):
        html = render("[go <https://a.b> on](https://x.y) <https://c.d>")
        assert Page(html).targets == ["https://x.y", "https://c.d"]
        assert "go https://a.b on</a> (x.y)" in html

    def test_an_address_in_the_words_of_a_link_is_no_link_within_it(self):
        html = shown("[at {{site.account}} you](https://x.y/) and {{site.account}}")
        assert Page(html).targets == ["https://x.y/", "https://www.midjourney.com/account"]

    def test_what_a_query_joins_is_escaped_once(self):
        html = shown("[a](refund?gpu_minutes=0&images=4)")
        assert Page(html).targets == ["/refund?gpu_minutes=0&images=4/"]

    @pytest.mark.parametrize(
        ("target", "address"),
        [
            ("cancel-web", "/{}/articles/cancel-web/"),
            ("cancel-web#no-plan", "/{}/articles/cancel-web/#no-plan"),
            ("wizard", "/{}/wizard/"),
            ("refund", "/{}/refund/"),
            ("no such place", "#"),
        ],
    )
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_leads_to_the_page_in_the_readers_language(self, target, address, language):
        assert resolve(target, language) == address.format(language)
