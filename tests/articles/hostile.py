"""`make hostile-markdown TEXTS=100000`: Markdown that means harm, and what readers would get of it.

Judged by `judging.py`, then some of it once more by Chromium. Exit code 1, with the text, if anything survives that
must not, or if a second cleaning changes anything.
"""

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.articles.judging import SHOWN, WRITTEN, asked_of_chromium, faults, leads_wrong

AT_ONCE = 2_000
"""Texts of one round: Hypothesis remembers what it has tried, and slows down with it."""
ASKED_OF_CHROMIUM = 20
"""One in so many."""

# ---- what is sent ----

VECTORS = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    '<img """><script>alert(1)</script>">',
    "<img src=x:alert(alt) onerror=eval(src) alt=0>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><mi xlink:href='javascript:alert(1)'>x",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=//evil.example/x></object>",
    "<embed src=//evil.example/x>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<form action=//evil.example><button formaction=javascript:alert(1)>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='&#x6A;avascript&colon;alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    '<p style="background:url(//evil.example)">x</p>',
    '<div id=x style="position:fixed;inset:0">x</div>',
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[><script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
    '"><script>alert(1)</script>',
    "'-alert(1)-'",
    "</title></textarea></style></script><script>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}}",
    "{% load static %}{{ settings.SECRET_KEY }}",
    "javascript:/*--></title></style></textarea></script></xmp><svg/onload='+/\"/+/onmouseover=1/+/[*/[]/+alert(1)//'>",
    "\x00<scr\x00ipt>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
)
TARGETS = (
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript&colon;alert(1)", "&#106;avascript:alert(1)"),
    *("java\tscript:alert(1)", "<java\nscript:alert(1)>", "\x01javascript:alert(1)", "javascript%3Aalert(1)"),
    *("vbscript:x", "file:///etc/passwd", "data:text/html,<script>alert(1)</script>", "data:image/svg+xml,<svg/>"),
    *("data:image/png;base64,AAAA", "blob:x", "view-source:x", "about:blank", "ftp://evil.example", "tel:1", "sms:1"),
    *("//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "</\t/evil.example>", "/%09/x"),
    *(
        "/&#9;/evil.example",
        "/&Tab;/evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
    ),
    *("http://evil.example", "HTTPS://EVIL.example/", "hTtPs:\\\\evil.example", "https://evil.example", "https://"),
    *("https://midjourney.com@evil.example/", "https://midjourney.com:443@evil.example", "https://evil.example:8443/"),
    *("https://evil.example\\@midjourney.com", "https://evil.example%2f@midjourney.com", "https://evil。example/"),
    *("https://ｅｖｉｌ.example", "https://xn--e1awd7f.example", "https://[::1]/", "https://[x/", "https://127.1/"),
    *("https://evil.example#@midjourney.com", "https://evil.example?midjourney.com", "https://www.midjourney.com/a"),
    *(
        "cancel-web",
        "cancel-web#no-plan",
        "wizard",
        "refund?images=4&x=1",
        "#here",
        "/en/wizard/",
        "mailto:a@b.example",
    ),
    *("{{site.account}}", "https://{{site.account}}", "{{label.cancel}}:alert(1)", "..//evil.example", "./", "?", ""),
)
ELEMENTS = ("a", "b", "svg", "math", "style", "script", "img", "table", "td", "template", "select", "p", "h2", "x-y")
ATTRIBUTES = ("href", "src", "onclick", "onerror", "style", "id", "class", "xlink:href", "formaction", "srcdoc", "is")
FACTS = (
    "{{label.cancel}}",
    "{{ site.account }}",
    "{{a.b}}",
    "{{a.text}}",
    "{{no.fact}}",
    "{{{label.cancel}}}",
    "{{",
    "}}",
)
ODD = (
    "\x00",
    "\ufffd",
    "\u202e",
    "\u2028",
    "\x0b",
    "\xa0",
    "\ud7ff",
    "\U000e0001",
    "&",
    "&lt;",
    "&#0;",
    "&#x110000;",
    "&Tab;",
)
SYNTAX = (
    *("\n", "\n\n", "    ", "\t", "> ", "- ", "1. ", "999999999. ", "# ", "## ", "### ", "#### ", "###### ", "```\n"),
    *("~~~ x onload=y\n", "`", "``", "*", "**", "_", "[", "]", "](", ")", "![", "<", ">", "|", "\n---\n", "\n===\n"),
    *("| a |\n|:-:|\n| 1 |\n", "\\", "\\\n", "{#a}\n", "{#a .b onclick=c}\n", '{id="a b" style="x"}\n', "{.x}", "{#"),
    *("[r]", "[r]: //evil.example\n", "[r]: <javascript:x> 'title'\n", "---\ntitle: x\n---\n", "steps:\n  - key: x\n"),
)
PLACES = Path(__file__).resolve().parents[2] / "articles" / "content"
ARTICLES = tuple(each.read_text("utf-8")[:3000] for each in sorted(PLACES.glob("*/*.md")))

words = st.sampled_from((*SYNTAX, *FACTS, *ODD)) | st.text(max_size=8)
vectors = st.sampled_from(VECTORS)
targets = st.sampled_from(TARGETS) | st.builds(
    "{}{}".format, st.sampled_from(("https://", "//", "/", "")), st.text(max_size=9)
)
titles = st.sampled_from(("", ' "t"', " 'onclick=x'", ' "\\"><script>"'))
hosts = st.sampled_from(("midjourney.com", "evil.example"))
links = st.one_of(
    st.builds(
        "[{}]({}{})".format, words | vectors | st.sampled_from(("midjourney.com", "evil.example")), targets, titles
    ),
    st.builds("![{}]({}{})".format, words | vectors, targets, titles),
    st.builds("<{}>".format, targets),
    st.builds("[r]\n\n[r]: {}{}\n".format, targets, titles),
)
elements = st.builds(
    "<{} {}{}{}>{}</{}>".format,
    st.sampled_from(ELEMENTS),
    st.sampled_from(ATTRIBUTES),
    st.sampled_from(("=", " = '", '="', "=`")),
    targets | vectors,
    words | vectors,
    st.sampled_from(ELEMENTS),
)
headings = st.builds(
    "{}{}{}\n".format, st.sampled_from(("{#a}\n## ", '{#a"b}\n### ', "## ", "{#<b>}\n#### ")), words, links
)
written = st.lists(st.one_of(words, words, vectors, links, elements, headings), max_size=10).map("".join)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """What somebody wrote, with something in it that they did not, or something missing or said twice."""
    text = draw(st.sampled_from(ARTICLES))
    begin = draw(st.integers(0, max(0, len(text) - 400)))
    text = text[begin : begin + draw(st.integers(20, 400))]
    for _ in range(draw(st.integers(1, 4))):
        place, length = draw(st.integers(0, len(text))), draw(st.integers(0, 12))
        cut = text[place : place + length]
        new = draw(st.one_of(vectors, links, words, st.sampled_from(("", cut * 2, cut.swapcase(), cut[::-1]))))
        text = text[:place] + new + text[place + length :]
    return text


texts = written | mutated()

FACT_VALUES = {
    "label.cancel": ("label", ("Cancel Plan", "<script>alert(1)</script>\"'&", "' onclick=alert(1) x='")),
    "a.b": ("command", ("/info", "<img src=x onerror=alert(1)>", "{{label.cancel}}")),
    "site.account": (
        "address",
        ("https://midjourney.com/account", 'https://x.y/"onclick=alert(1)/', "https://x.y/onclick=alert(1)/<b>"),
    ),
}
sheets = st.fixed_dictionaries({key: st.sampled_from(values) for key, (_kind, values) in FACT_VALUES.items()})

# ---- the command ----


def judged(text: str, facts: dict[str, str]) -> str:
    """What readers get of a text, after it was judged at each step."""
    from articles.addresses import resolve
    from articles.markdown import clean, fill, linked_headings, render, render_inline
    from helpcenter.domain.facts import read_sheet
    from tests.builders import LANGUAGES, a_fact, a_sheet_body

    body = a_sheet_body()
    body["facts"] |= {key: a_fact(value, FACT_VALUES[key][0]) for key, value in facts.items()}
    sheet = read_sheet(body, version=1, languages=LANGUAGES)
    written = render(text), render_inline(text)
    for html in written:
        assert clean(html) == html
    as_html = clean(text)  # were the parser no help at all; browsers nest what is closed wrongly anew each time
    for html in (*written, as_html, clean(as_html)):
        assert not [*faults(html, WRITTEN)], html
    shown = ""
    for html in written:
        filled = linked_headings(fill(html, sheet, "en", lambda target: resolve(target, "en")))
        assert not [*faults(filled, SHOWN), *leads_wrong(filled)], filled
        shown += filled
    return shown


def main() -> int:
    parsed = argparse.ArgumentParser()
    parsed.add_argument("texts", type=int)
    parsed.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    given_ = parsed.parse_args()
    sys.stdout.write(f"seed {given_.seed}\n")
    begun, count, kept = time.monotonic(), 0, []

    def one(text: str, facts: dict[str, str]) -> None:
        nonlocal count
        html = judged(text, facts)
        count += 1
        if count % ASKED_OF_CHROMIUM == 0:
            kept.append(html)

    for number in range(-(-given_.texts // AT_ONCE)):
        size = min(AT_ONCE, given_.texts - number * AT_ONCE)
        hypothesis = settings(max_examples=size, phases=(Phase.generate, Phase.shrink), database=None, **UNHURRIED)
        seed(given_.seed + number)(hypothesis(given(texts, sheets)(one)))()
    sys.stdout.write(f"{count} texts, nothing survived that must not; {time.monotonic() - begun:.0f} s\n")
    return _by_chromium(kept)


UNHURRIED: dict[str, Any] = {"deadline": None, "suppress_health_check": [*HealthCheck]}


def _by_chromium(pieces: list[str]) -> int:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM

    if CHROMIUM is None:
        sys.stdout.write("There is no chromium that could be asked.\n")
        return 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        found = [*asked_of_chromium(pieces, browser)]
        browser.close()
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    sys.stdout.write(f"Chromium was asked about {len(pieces)} of them: {len(found)} faults\n")
    return int(bool(found))


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpcenter.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-tests")
    import django

    django.setup()
    sys.exit(main())
