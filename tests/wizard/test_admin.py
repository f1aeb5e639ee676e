"""The flow at the editors' desk."""

import pytest
from django.urls import reverse

from helpcenter.domain.findings import Refused
from helpcenter.facts.models import FactSheetDocument
from helpcenter.publishing.comparing import Change
from helpcenter.publishing.verbs import retire
from helpcenter.wizard.admin import FlowForm
from helpcenter.wizard.models import FlowDocument
from tests.builders import a_draft, a_flow_body, a_site, a_user, at

pytestmark = pytest.mark.django_db


def test_a_flow_is_text_whatever_yaml_would_make_of_it():
    form = FlowForm({"flow": "start: first\nnodes:\n  first: {question: 2026-10-07, choices: {yes: no}}"})
    assert form.is_valid()
    assert form.cleaned_data["flow"]["nodes"]["first"] == {"question": "2026-10-07", "choices": {"yes": "no"}}


def test_a_flow_that_cannot_be_read_names_the_line():
    form = FlowForm({"flow": "start: first\nnodes: }\nmore: x"})
    assert not form.is_valid()
    assert "2" in form.errors["flow"][0]


def test_the_site_cannot_be_without_its_sheet_or_its_flow():
    a_site()
    for kept in (FactSheetDocument.objects.get(), FlowDocument.objects.get()):
        with pytest.raises(Refused, match="not-retired"):
            retire(kept, by=None, at=at("2026-03-01"), now=at("2026-03-01"))


def test_two_flows_are_compared_by_their_parts_an_answer_that_moved_is_shown_as_moved(client):
    a_site()
    flow = FlowDocument.objects.get()
    body = a_flow_body()
    first = body["nodes"]["first"]
    first["choices"] = {"ask": first["choices"]["ask"], "walk": {**first["choices"]["walk"], "to": "lost"}}
    a_draft(flow, body)
    client.force_login(a_user())
    page = client.get(reverse("admin:wizard_flowdocument_compare", args=[flow.pk]), headers={"accept-language": "en"})
    differences = dict(page.context["differences"]["typed"])
    assert {*differences} == {"first · Answers · walk · Leads to", "first · Answers"}
    assert Change.MOVED in {run.change for run in differences["first · Answers"]}


def test_a_body_that_is_no_flow_is_compared_too(client):
    a_site()
    flow = FlowDocument.objects.get()
    client.force_login(a_user())
    for body in ({}, {"nodes": "none"}, {"nodes": {"first": "x"}}, {"nodes": {"first": {"choices": ["x"]}}}):
        draft = a_draft(flow, body)
        address = reverse("admin:wizard_flowdocument_compare", args=[flow.pk])
        assert client.get(address, {"to": draft.pk}).status_code == 200
