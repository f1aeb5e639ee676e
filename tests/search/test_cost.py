"""What a search asks of the database: the search page, the suggestions and the API, however many articles answer."""

import pytest
from django.utils import timezone

from helpcenter.publishing.standing import EPOCH
from helpcenter.search.asking import search
from helpcenter.search.models import Synonym
from tests.builders import a_body, a_sheet, an_article
from tests.replay import replayed

pytestmark = pytest.mark.django_db

DOORS = ("/en/search/", "/en/search/suggest/", "/api/search/en/")


@pytest.fixture
@replayed
def site():
    a_sheet()
    for number in range(6):
        text = "Before.\n\n{#money}\n## Money\nA refund is rare: {{refund.images}} pictures."
        an_article(f"refund-{number}", history={"2026-02-01": a_body("A refund", steps=("go",), text=text)})
    an_article("zh", "zh-hant", history={"2026-02-01": a_body("可以申請退款嗎")})
    Synonym.objects.create(language="en", words="refund\nreimbursement\nmoney back")


@pytest.mark.parametrize("door", DOORS)
class TestEachDoor:
    """One question for the words, one for the articles with their texts. Beside them what pages share (the facts, and
    what editors keep to repair the search), if nothing is remembered of this epoch.
    """

    @pytest.fixture
    def asks(self, client, door):
        epoch = object()  # another one than any other test's
        return lambda question: client.get(door, {"q": question}, **{EPOCH: epoch}).content.decode()

    def test_two_questions_for_words_that_there_are(self, site, asks, django_assert_num_queries):
        asks("pictures")
        for question in ("refund", "a refund for reimbursement"):
            with django_assert_num_queries(2):
                assert "A refund" in asks(question)

    def test_one_more_for_what_a_slip_may_mean(self, site, asks, django_assert_num_queries):
        asks("pictures")
        with django_assert_num_queries(3):
            assert "A refund" in asks("refnud pictures")

    def test_four_where_nothing_is_remembered(self, site, client, door, django_assert_num_queries):
        with django_assert_num_queries(4):
            assert "A refund" in client.get(door, {"q": "refund"}).content.decode()


def test_a_sound_is_looked_up_only_for_what_no_article_has(site, django_assert_num_queries):
    for question, questions in (("退款", 3), ("推款", 5)):
        with django_assert_num_queries(questions):
            assert search(question, "zh-hant", timezone.now()).hits


def test_nothing_is_looked_for_where_nothing_is_asked(site, client, django_assert_num_queries):
    for door in ("/en/search/", "/en/search/suggest/"):
        with django_assert_num_queries(1):  # until when the page stays true
            assert client.get(door).status_code == 200
