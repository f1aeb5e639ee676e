"""Databases of their own, and the real site in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.sites import Site
from tests.publishing.conftest import own_database, template  # noqa: F401


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site on SQLite, as `make run` starts it."""
    with Site(tmp_path_factory.mktemp("site") / "data") as site:
        yield site


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    """A DATA_DIR of the test's own."""
    settings.DATA_DIR = tmp_path
    return tmp_path
