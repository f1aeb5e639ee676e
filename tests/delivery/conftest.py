"""Each test has its own content under the same epochs: what a process knows of one is not for the next."""

import pytest

from helpcenter.publishing import standing


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch):
    monkeypatch.setattr(standing, "_newest", None)
