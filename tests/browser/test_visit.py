"""What a visit asks for. Bytes over HTTPS, of every article, are for `make budget`."""

import pytest

from tests.browser.budget import FIRST, NEXT, cost


@pytest.mark.parametrize("language", ["zh-hant", "en", "zh-hans"])
def test_an_article_is_three_requests_and_the_next_one_is_one(chromium, site, language):
    with chromium.new_context() as context:
        size, requests = cost(context, f"{site}/{language}/articles/refund-eligibility/")
        assert size <= FIRST[0]
        assert requests == FIRST[1], "the page, its style sheet, its drawings, among them the icon of the tab"
        assert cost(context, f"{site}/{language}/articles/cancel-web/")[1] == NEXT[1]
