"""What is said again is what was built, else other tests would stand on something that the rules never let through."""

from unittest.mock import patch

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Value

from tests.builders import a_site, a_site_with_three_paths, the_bundled_site
from tests.promises.every_page import a_site_with_every_page


def rows():
    """All that is there, but for keys and instants, which another run has too."""
    return {
        model._meta.label: sorted(str(row) for row in model._base_manager.values_list(Value("a row"), *names(model)))
        for model in apps.get_models()
    }


KEYS = ("articles.Touched.document", "delivery.Touched.document")
"""Where triggers write down the key of a document. PostgreSQL does not give a key twice, even if it was taken back."""


def names(model):
    kept = ("AutoField", "ForeignKey", "OneToOneField", "DateTimeField")
    return [
        field.name
        for field in model._meta.concrete_fields
        if not field.get_internal_type().endswith(kept) and str(field) not in KEYS
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("build", [a_site, a_site_with_three_paths, a_site_with_every_page, the_bundled_site])
def test_what_is_said_again_is_what_was_built(build):
    def built(way):
        with transaction.atomic():
            way()
            found = rows()
            transaction.set_rollback(True)
        return found

    checked = [built(build.__wrapped__), built(build)]
    with patch("helpcenter.publishing.verbs.go_live", side_effect=AssertionError("it was built again")):
        assert [built(build)] * 2 == checked
