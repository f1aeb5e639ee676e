"""Whatever an address or a form asks of a list of the desk: its own filters answer, nothing else, and nothing fails."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from django.contrib import admin
from django.urls import reverse

from helpcenter.audit.models import Entry
from helpcenter.publishing.desk.tables import Listed
from helpcenter.search.models import Question
from tests.builders import a_body, a_site, a_user, an_article
from tests.pages import Page
from tests.signing_in import prove_again

pytestmark = pytest.mark.django_db

LISTS = sorted(admin.site._registry.items(), key=lambda each: each[0]._meta.label)
EACH = pytest.mark.parametrize("listed", [desk for _, desk in LISTS], ids=[model._meta.label for model, _ in LISTS])


@pytest.fixture
def desk(client):
    """Somebody who may do everything at a desk with something on it, signed in just now."""
    a_site()
    somebody = a_user("somebody")
    somebody.is_superuser = True
    somebody.save()
    client.force_login(somebody)
    prove_again(client, somebody)
    an_article("topic", history={"2026-02-01": a_body()})
    Question.objects.create(language="en", words="a", asked_as="a", last_asked=datetime(2026, 2, 1, tzinfo=UTC))
    return client


def page_of(listed, what="changelist"):
    return reverse(f"admin:{listed.opts.app_label}_{listed.opts.model_name}_{what}")


@EACH
def test_no_list_is_asked_for_what_none_of_its_filters_asks(desk, listed):
    page = page_of(listed)
    assert isinstance(listed, Listed)
    for field in listed.opts.get_fields():
        for lookup in ("regex", "in", "id__regex"):
            answer = desk.get(page, {f"{field.name}__{lookup}": "1"})
            assert (answer.status_code, answer.headers.get("Location")) == (302, f"{page}?e=1"), (field, lookup)


@EACH
def test_what_a_list_offers_as_a_filter_it_answers(desk, listed):
    page = page_of(listed)
    links = Page(desk.get(page)).soup.select("#changelist-filter a[href^='?']")
    assert bool(links) == bool(listed.list_filter)
    for link in links:
        assert desk.get(page + link["href"]).status_code == 200, link["href"]


def test_the_audit_is_read_year_by_year_month_by_month_and_day_by_day(desk):
    for day in ("2024-12-31", "2025-02-01", "2025-02-02", "2025-03-01"):
        Entry.objects.create(
            at=datetime.fromisoformat(f"{day}T04:00+00:00"), act="add", kind="search.Question", name=day
        )
    page = reverse("admin:audit_entry_changelist")
    address = page
    for part in ("year=2025", "month=2", "day=2"):
        links = [each["href"] for each in Page(desk.get(address)).soup.select("a[href*=at__]")]
        (address,) = {page + link for link in links if link.endswith(part) or f"{part}&" in link}
    assert [each.name for each in desk.get(address).context["cl"].result_list] == ["2025-02-02"]


def test_the_audit_is_asked_for_one_thing(desk):
    answer = desk.get(reverse("admin:search_question_history", args=[Question.objects.get().pk]))
    assert list(desk.get(answer.headers["Location"]).context["cl"].result_list) == []


NO_NUMBERS = ["", "x", "-1", "1e9", "9" * 24, "9" * 5000, "٣", "\0"]


@EACH
def test_whatever_a_filter_is_given_the_list_answers(desk, listed):
    page = page_of(listed)
    links = Page(desk.get(page)).soup.select("#changelist-filter a[href^='?']")
    names = {name for link in links for name, _ in parse_qsl(link["href"][1:])}
    for name in sorted(names | {"p", "o", "id__exact"}):
        for value in NO_NUMBERS:
            assert desk.get(page, {name: value}).status_code in (200, 302), (name, value)


@pytest.mark.parametrize("csv", [{}, {"_csv": "1"}], ids=["page", "csv"])
def test_whatever_day_the_audit_is_asked_for_it_answers(desk, csv):
    page = reverse("admin:audit_entry_changelist")
    for value in (*NO_NUMBERS, "0", "1", "9998", "9999", "10000", "99999999999"):
        for asked in ("at__year", "at__month", "at__day"):
            for rest in ({}, {"at__year": "2026"}, {"at__year": "9999", "at__month": "12"}):
                answer = desk.get(page, {**rest, asked: value, **csv})
                assert answer.status_code in (200, 302), (rest, asked, value)


@EACH
def test_whatever_is_ticked_in_a_list_it_answers(desk, listed):
    for action in ("delete_selected", *listed.actions):
        for value in NO_NUMBERS:
            sent = {"action": action, "_selected_action": value, "post": "yes"}
            assert desk.post(page_of(listed), sent).status_code in (200, 302), sent
            assert desk.post(page_of(listed), sent | {"index": "0"}).status_code in (200, 302), sent


@pytest.mark.parametrize(("model", "rows"), [("user", "groups"), ("group", "permissions")])
def test_whatever_is_ticked_in_a_form_it_answers(desk, model, rows):
    for value in NO_NUMBERS:
        answer = desk.post(reverse(f"admin:auth_{model}_add"), {"username": "x", "name": "x", rows: value})
        assert rows in answer.context["adminform"].form.errors, value
