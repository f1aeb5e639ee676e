"""A draft is shown by a signed link: one text, for some days, until it is revoked."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Share
from articles.sharing import link
from helpcenter.publishing.verbs import discard, restore, save_draft
from tests.builders import a_body, a_draft, a_site, a_user, an_article
from tests.desk import typed
from tests.replay import replayed

pytestmark = pytest.mark.django_db


@pytest.fixture
@replayed
def draft():
    a_site()
    article = an_article("topic", history={"2026-01-02": a_body("Live")})
    return a_draft(article, a_body("Not yet live"), a_user())


@pytest.fixture
def share(client, draft):
    client.force_login(draft.author)
    page = f"/admin/articles/translation/{draft.document_id}/share/"
    assert client.post(page, {**typed(client.get(page)), "days": "3"}).status_code == 302
    return Share.objects.get()


def test_whoever_has_the_link_reads_that_text_and_nothing_keeps_it(share):
    response = Client().get(link(share))
    html = response.content.decode()
    assert response.status_code == 200
    assert "Not yet live" in html
    assert "Preview of a draft" in html
    assert '<html lang="en">' in html
    assert '<meta name="robots" content="noindex">' in html
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Set-Cookie" not in response.headers


def test_of_several_drafts_one_has_to_be_chosen_and_each_is_told_apart(client, draft):
    client.force_login(draft.author)
    other = a_draft(draft.document, a_body("Another"), draft.author)
    page = f"/admin/articles/translation/{draft.document_id}/share/"
    html = client.get(page).content.decode()
    assert html.count("Not yet live") == html.count("Another") == 1
    client.post(page, {**typed(client.get(page)), "days": "3"})
    assert not Share.objects.exists()
    client.post(page, {"revision": other.pk, "days": "3"})
    assert Share.objects.get().revision == other


def test_what_is_written_on_it_later_is_not_shown(share):
    draft = share.revision
    draft = save_draft(draft, draft.body, by=draft.author, now=timezone.now(), note="Only a note.")
    assert Client().get(link(share)).status_code == 200
    save_draft(draft, a_body("Secret"), by=draft.author, now=timezone.now())
    response = Client().get(link(share))
    assert response.status_code == 410
    assert "Secret" not in response.content.decode()


def test_taken_out_of_the_bin_it_needs_a_new_link(share):
    draft, now = share.revision, timezone.now()
    restore(discard(draft, by=draft.author, now=now), by=draft.author, now=now)
    assert Client().get(link(share)).status_code == 410


def test_half_a_text_is_not_shared(client, draft):
    client.force_login(draft.author)
    half = save_draft(draft, {"title": "Half"}, by=draft.author, now=timezone.now())
    page = f"/admin/articles/translation/{half.document_id}/share/"
    sent = {**typed(client.get(page)), "revision": half.pk, "days": "3"}
    refused = client.post(page, sent, headers={"accept-language": "en"})
    assert refused.status_code == 200
    assert "In short: This field is needed." in refused.context["form"].errors["revision"]
    assert not Share.objects.exists()


def test_it_expires(share, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=3, minutes=1))
    response = Client().get(link(share))
    assert response.status_code == 410
    assert "Not yet live" not in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"


def test_it_can_be_revoked(client, share):
    page = f"/admin/articles/translation/{share.revision.document_id}/share/"
    assert link(share) in client.get(page).content.decode()
    client.post(page, {"_revoke": share.pk})
    assert Client().get(link(share)).status_code == 410
    assert link(share) not in client.get(page).content.decode()


def test_what_was_thrown_away_is_not_shown(share):
    discard(share.revision, by=share.by, now=timezone.now())
    assert Client().get(link(share)).status_code == 410


@pytest.mark.parametrize("token", ["1", "1:made-up", "99:x", "%3A"])
def test_a_link_cannot_be_made_up(share, token):
    assert Client().get(f"/shared/{token}/").status_code == 404


def test_the_link_to_one_text_does_not_open_another(share, draft):
    a_draft(draft.document, a_body("Another draft"), draft.author)
    assert "Another draft" not in Client().get(link(share)).content.decode()


@pytest.mark.parametrize("days", ["0", "31", "soon", ""])
def test_for_how_long_is_bounded(client, draft, days):
    client.force_login(draft.author)
    page = f"/admin/articles/translation/{draft.document_id}/share/"
    response = client.post(page, {**typed(client.get(page)), "days": days})
    assert "days" in response.context["form"].errors
    assert not Share.objects.exists()
