"""A language that is added later: what was published before it shows the original's words there, and breaks nothing."""

import pytest
from django.core.management import call_command

from helpcenter.facts.sheets import in_every_language
from tests.builders import a_site, a_user, without_four_eyes

pytestmark = pytest.mark.django_db

BEFORE = ("zh-hant", "en", "zh-hans")
AFTER = (*BEFORE, "ja")


def test_a_missing_language_has_the_originals_words():
    body = {"nodes": {"first": {"question": {"zh-hant": "問", "en": "Ask"}, "choices": [{"label": {"zh-hant": "答"}}]}}}
    assert in_every_language(body, ("zh-hant", "en", "ja")) == {
        "nodes": {
            "first": {
                "question": {"zh-hant": "問", "en": "Ask", "ja": "問"},
                "choices": [{"label": {"zh-hant": "答", "en": "答", "ja": "答"}}],
            }
        }
    }
    assert in_every_language({"en": 1, "x": ["y"]}, AFTER) == {"en": 1, "x": ["y"]}


def test_readers_and_editors_go_on(client, settings):
    a_site()
    settings.LANGUAGES = [(code, code) for code in AFTER]
    for address in ("/en/wizard/", "/zh-hant/refund/?gpu_minutes=1&images=1", "/en/"):
        assert client.get(address).status_code == 200
    without_four_eyes()
    client.force_login(a_user())
    for address in ("/admin/wizard/flowdocument/", "/admin/facts/factsheetdocument/"):
        assert client.get(address).status_code == 200


def test_another_language_needs_no_migration(settings):
    settings.LANGUAGES = [(code, code) for code in AFTER]
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
