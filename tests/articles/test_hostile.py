"""Whatever is written as Markdown, nothing survives that runs, loads, or leads where nobody says.

`make hostile-markdown` tries 100,000 of these texts; here are some, and proof that the judge sees what it has to.
"""

import pytest
from hypothesis import given

from tests.articles.hostile import judged, sheets, texts
from tests.articles.judging import SHOWN, WRITTEN, faults, leads_wrong


@given(texts, sheets)
def test_nothing_survives_that_must_not_and_a_second_cleaning_changes_nothing(text, facts):
    judged(text, facts)


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<p onclick=x>a</p>",
        '<p style="color:red">a</p>',
        '<a href="https://x.y/" title="t">x.y</a>',
        "<img src=/a.png>",
        "<svg><a href=x></a></svg>",
        "<p><!-- a --></p>",
        '<a href=" java\nscript:x">a</a>',
        '<a href="&#106;avascript:x">a</a>',
        '<a href="data:text/html,x">a</a>',
        "<h1>a</h1>",
        "<b>a</b>",
        '<ol start="x"><li>a</li></ol>',
    ],
)
def test_the_judge_sees_what_is_not_allowed(html):
    assert [*faults(html, WRITTEN)]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="//evil.example">a</a>',
        '<a href="/\\evil.example">a</a>',
        '<a href="/\t/evil.example">a</a>',
        '<a href="https:evil.example">a</a>',
        '<a href="https://evil.example">a</a>',
        '<a href="https://a.b@evil.example">a.b</a>',
        '<a href="http://evil.example">evil.example</a>',
        '<a href="tel:1">a</a>',
    ],
)
def test_the_judge_sees_where_a_link_leads(html):
    assert [*leads_wrong(html)]


def test_the_judge_lets_through_what_articles_are_made_of():
    html = (
        '<div class="heading"><h2 id="a">A</h2><a class="heading__link" href="#a" aria-label="A"></a></div>'
        '<p>Press <b class="label" lang="en">Go</b> at <a href="https://x.y/" rel="external noopener">x.y</a>, '
        '<a href="https://www.x.y/">there</a> (x.y) or <a href="/en/wizard/">ask</a>.</p>'
    )
    assert [*faults(html, SHOWN), *leads_wrong(html)] == []
