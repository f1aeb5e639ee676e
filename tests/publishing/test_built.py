"""What the builders make, which nothing checks meanwhile, could have been published by anybody."""

import pytest

from helpcenter.domain.findings import errors
from helpcenter.publishing.checks import between, check
from helpcenter.publishing.models import LiveChange
from tests.builders import a_site, a_site_with_three_paths
from tests.promises.every_page import a_site_with_every_page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("build", [a_site, a_site_with_three_paths, a_site_with_every_page])
def test_every_version_of_a_site_passes_the_gate_and_fits_the_others(build):
    build()
    changes = LiveChange.objects.select_related("document", "revision")
    assert changes
    for change in changes:
        assert errors(check(change.document, change.revision.body, change.at)) == ()
    assert errors(between(changes.latest("at").at)) == ()
