"""What the live flow needs of an article that it walks."""

import pytest

from articles.redirects import rename
from helpcenter.publishing.models import Document
from helpcenter.wizard.flows import check_retired_article, check_walked_article
from tests.builders import a_body, a_flow, a_flow_body, a_site, at

pytestmark = pytest.mark.django_db

NOW = at("2026-11-01")


@pytest.fixture
def walked():
    a_site()
    flow = a_flow_body()
    flow["nodes"]["way"]["stuck_at"] = {"stop": "lost"}
    a_flow({"2026-02-01": flow})
    return Document.objects.get(language="zh-hant")


def codes(findings):
    return [finding.code for finding in findings]


def test_other_steps_beside_the_one_that_it_names_are_the_editors_business(walked):
    assert codes(check_walked_article(walked, a_body(steps=("begin", "stop")), NOW)) == []


def test_a_step_that_it_names_stays(walked):
    assert codes(check_walked_article(walked, a_body(steps=("go",)), NOW)) == ["flow-step-unknown"]


def test_a_step_stays_though_the_flow_names_the_article_as_it_was_called_before(walked):
    rename(walked.translation.article, "renamed", now=NOW)
    assert codes(check_walked_article(walked, a_body(steps=("begin",)), NOW)) == ["flow-step-unknown"]


def test_it_needs_steps_to_walk(walked):
    assert codes(check_walked_article(walked, a_body(), NOW)) == ["flow-article-without-steps"]


def test_it_is_not_taken_down_while_the_flow_walks_it(walked):
    assert codes(check_retired_article(walked, NOW)) == ["flow-walks-it"]


def test_nor_while_the_flow_walks_it_as_it_was_called_before(walked):
    rename(walked.translation.article, "renamed", now=NOW)
    assert codes(check_retired_article(walked, NOW)) == ["flow-walks-it"]
