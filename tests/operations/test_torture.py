"""The short one, for every day. `make torture KILLS=1000` is the long one."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.utils import timezone

from helpcenter.publishing.verbs import submit
from tests.builders import a_body, a_draft, a_user, an_article
from tests.operations.looking import wrong
from tests.operations.sites import ROOT
from tests.operations.torture import AT_ONCE, Torture, Wrong

pytestmark = pytest.mark.django_db


@pytest.fixture
def torture(tmp_path):
    return Torture(SimpleNamespace(empty_copy=lambda: ""), tmp_path)


def said(torture, *lines):
    """One of those that write has said this before it was killed."""
    heard, says = os.pipe()
    os.write(says, b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    os.close(says)
    torture._hear(heard)


def test_what_was_refused_is_not_done_afterwards(torture):
    said(torture, ["begun"], ["refused", "begun"], ["begun"], ["voted", 1, True])
    with pytest.raises(Wrong, match="refused was done"):
        said(torture, ["begun"], ["refused", "begun"], ["voted", 1, True])


def test_nor_was_it_done_before(torture):
    draft = a_draft(an_article("topic"), a_body("Draft"), a_user())
    said(torture, ["begun"], ["state", draft.pk, "draft"], ["refused", "state", draft.pk, "draft"])
    refused = lambda: [found for found in wrong(torture, deep=False) if "refused" in found]  # noqa: E731
    assert refused() == []
    submit(draft, by=draft.author, now=timezone.now(), note="note")
    assert refused() == [f"version {draft.pk} was refused as draft, is in_review"]


def test_it_is_counted_and_rare(torture):
    said(torture, *[["begun"], ["refused", "begun"]] * AT_ONCE, *[["begun"]] * 100)
    assert torture.done["refused"] == AT_ONCE
    said(torture, ["begun"], ["refused", "begun"])
    with pytest.raises(Wrong, match=f"of {AT_ONCE + 101} that were begun {AT_ONCE + 1} heard that it is locked"):
        torture.look()


def test_what_was_acknowledged_outlives_kills():
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "DATA_DIR"))}
    command = [sys.executable, "-m", "tests.operations.torture", "10", os.environ.get("DATABASE_URL", "")]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing by half, integrity good" in done.stdout
    assert "that were begun heard that it is locked" in done.stdout
