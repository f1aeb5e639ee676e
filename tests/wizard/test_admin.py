"""The flow at the editors' desk."""

import pytest

from helpcenter.domain.findings import Refused
from helpcenter.facts.models import FactSheetDocument
from helpcenter.publishing.verbs import retire
from helpcenter.wizard.admin import FlowForm
from helpcenter.wizard.models import FlowDocument
from tests.builders import a_site, at

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
