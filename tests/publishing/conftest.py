"""Databases of their own for the tests that commit."""

from collections.abc import Iterator

import pytest

from tests.publishing.databases import OwnDatabase, Template


@pytest.fixture(scope="session")
def template(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Template]:
    template = Template(tmp_path_factory.mktemp("databases"), django_db_blocker)
    yield template
    template.remove()


@pytest.fixture
def own_database(template: Template, db: None) -> OwnDatabase:
    """A migrated database with real commits. (`db`: so that it also runs on PostgreSQL, see tests/conftest.py.)"""
    return template.copy()
