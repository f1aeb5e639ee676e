"""The fact sheet at the editors' desk: one change there changes every page, in every language, at once."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from helpcenter.domain.review import Role
from helpcenter.facts.models import FactSheetDocument
from tests.builders import LANGUAGES, a_body, a_sheet, a_sheet_body, a_user, an_article, without_four_eyes
from tests.desk import typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet():
    return a_sheet()


@pytest.fixture
def desk(client, sheet):
    without_four_eyes()
    client.force_login(a_user())
    return client


@pytest.fixture
def articles(sheet):
    body = a_body("Up to {{refund.gpu_minutes}}", text="Below {{refund.gpu_minutes}} minutes.")
    return [an_article("limits", language, history={"2026-01-02": body}) for language in LANGUAGES]


def address(sheet):
    return reverse("admin:facts_factsheetdocument_change", args=[sheet.pk])


def send(desk, sheet, button="_publish", **changes):
    """Open the sheet, change some fields, press a button."""
    page = desk.get(address(sheet))
    sent = {**typed(page), "note": "The provider moved it.", "significance": "content", button: "1"}
    return desk.post(address(sheet), {**sent, **{key.replace("__", "-"): value for key, value in changes.items()}})


def test_whoever_reviews_a_changed_fact_sees_where_readers_meet_it(client, sheet, articles):
    client.force_login(a_user("author", Role.AUTHOR))
    submitted = send(client, sheet, "_submit", **{"refund.gpu_minutes-value": "30"})
    page = client.get(submitted.url, headers={"accept-language": "en"}).content.decode()
    for language in LANGUAGES:
        assert f"limits · {dict(settings.LANGUAGES)[language]} (" in page
    assert "refund check and wizard" in page
    assert page.count("<dt>") == 1  # only of the fact that changed


class TestChangingTheLimitFromTwentyToThirty:
    @pytest.fixture
    def changed(self, desk, sheet, articles):
        response = send(desk, sheet, **{"refund.gpu_minutes-value": "30"})
        assert response.status_code == 302
        return desk

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_article_says_so_at_once(self, changed, language):
        page = changed.get(f"/{language}/articles/limits/").content.decode()
        assert "Below 30 minutes." in page
        assert "Up to 30" in page

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_day_before_still_says_twenty(self, changed, language):
        day_before = timezone.localdate() - timedelta(days=1)
        page = changed.get(f"/{language}/articles/limits/", {"as_of": day_before.isoformat()}).content.decode()
        assert "Below 20 minutes." in page

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_permalink_of_the_words_still_says_twenty(self, changed, language):
        for permalink in ("versions/1/?facts=1", "versions/1/"):
            assert "Below 20 minutes." in changed.get(f"/{language}/articles/limits/{permalink}").content.decode()
        assert "Below 30 minutes." in changed.get(f"/{language}/articles/limits/versions/1/?facts=2").content.decode()

    def test_the_history_of_the_article_tells_the_day(self, changed):
        page = changed.get("/en/articles/limits/versions/").content.decode()
        assert "<code>refund.gpu_minutes</code> <del>20</del> → <ins>30</ins>" in page

    def test_everything_else_on_the_sheet_stays(self, changed):
        body = FactSheetDocument.objects.get().revisions.get(number=2).body
        assert body == a_sheet_body(refund__gpu_minutes="30")


def test_a_draft_of_the_sheet_is_seen_by_nobody(desk, sheet, articles):
    send(desk, sheet, "_save", **{"refund.gpu_minutes-value": "30"})
    assert "Below 20 minutes." in desk.get("/en/articles/limits/").content.decode()


@pytest.mark.parametrize(
    ("field", "nonsense"),
    [
        ("refund.gpu_minutes-value", "twenty"),
        ("refund.gpu_minutes-value", "-1"),
        ("refund.gpu_minutes-value", "NaN"),
        ("refund.gpu_minutes-value", ""),
        ("refund.combine-value", "both"),
        ("site.account-value", "not an address"),
        ("label.cancel-source", " "),
        ("label.cancel-checked_on", "yesterday"),
    ],
)
def test_nonsense_is_told_beside_its_field_and_what_was_typed_stays(desk, sheet, field, nonsense):
    response = send(desk, sheet, **{field: nonsense, "refund.images-value": "25"})
    assert response.status_code == 200
    form = next(form for form in response.context["typed"] if any(f.html_name == field for f in form))
    (marked,) = [bound for bound in form if bound.errors]
    assert marked.html_name == field
    page = response.content.decode()
    assert f'id="{marked.auto_id}_error"' in page
    assert 'value="25"' in page
    assert nonsense == "both" or not nonsense.strip() or f'value="{nonsense}"' in page
    assert sheet.revisions.count() == 1


class TestOneMoreFact:
    NEW = {"new-key": "trial.days", "new-kind": "number", "new-value": "7", "new-source": "a page",
           "new-checked_on": "2026-10-07"}  # fmt: skip

    def test_it_stands_on_the_sheet(self, desk, sheet):
        send(desk, sheet, **self.NEW)
        live = sheet.revisions.live(timezone.now()).get()
        assert live.body["facts"]["trial.days"] == {
            "kind": "number", "value": "7", "source": "a page", "checked_on": "2026-10-07",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("field", "nonsense"),
        [
            ("key", "Trial Days"),
            ("key", "refund.images"),
            ("value", "seven"),
            ("value", ""),
            ("source", ""),
            ("checked_on", ""),
            ("kind", "choice"),
        ],
    )
    def test_nonsense_is_told_beside_its_field_and_nothing_is_kept(self, desk, sheet, field, nonsense):
        response = send(desk, sheet, **{**self.NEW, f"new-{field}": nonsense})
        *_, form = response.context["typed"]
        assert list(form.errors) == [field if field != "kind" else "value"]
        assert sheet.revisions.count() == 1
        assert desk.get(address(sheet)).status_code == 200


def test_the_desk_tells_where_a_fact_is_used(desk, sheet, articles):
    page = desk.get(address(sheet)).content.decode()
    place = page.index('id="refund.gpu_minutes"')
    assert "limits · English" in page[place : page.index("</fieldset>", place)]


def test_each_fact_is_a_fold_that_says_its_value_open_where_something_was_typed(desk, sheet, articles):
    fold = (
        '<details class="node fact" id="refund.gpu_minutes"{}><summary><code>refund.gpu_minutes</code> · 20</summary>'
    )
    assert fold.format("") in desk.get(address(sheet)).content.decode()
    refused = send(desk, sheet, **{"refund.gpu_minutes-value": "twenty"}).content.decode()
    assert fold.format(" open") in refused
    assert '<details class="node fact" id="refund.images"><summary>' in refused


def test_the_desk_lists_the_one_sheet_and_nothing_else(desk, sheet, articles):
    assert list(FactSheetDocument.objects.all()) == [FactSheetDocument(pk=sheet.pk)]
    other = reverse("admin:facts_factsheetdocument_change", args=[articles[0].pk])
    assert other not in desk.get("/admin/facts/factsheetdocument/").content.decode()
    assert desk.get(other).status_code == 404


def test_two_sheets_are_compared_fact_by_fact(desk, sheet):
    send(desk, sheet, "_save", **{"refund.gpu_minutes-value": "30"})
    page = desk.get(f"{address(sheet).removesuffix('change/')}compare/", headers={"accept-language": "en"})
    assert [field for field, _ in page.context["differences"]["typed"]] == ["refund.gpu_minutes · Value"]
    assert "<del>20</del><ins>30</ins>" in page.content.decode()
