"""Review at the desk: an author submits, a reviewer sends back or approves, a publisher shows it to readers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from helpcenter.domain.review import Role, State
from tests.builders import a_body, a_draft, a_sheet, a_user, an_article
from tests.desk import typed
from tests.replay import replayed

pytestmark = pytest.mark.django_db

PEOPLE = {
    "author": (Role.AUTHOR,),
    "reviewer": (Role.AUTHOR, Role.REVIEWER),
    "publisher": (Role.AUTHOR, Role.PUBLISHER),
    "sue": tuple(Role),
}


@pytest.fixture
@replayed
def article():
    a_sheet()
    return an_article("topic", history={"2026-01-02": a_body("Topic", text="A sentense.")})


@pytest.fixture
def people(article):
    clients = {}
    for name, roles in PEOPLE.items():
        clients[name] = Client(headers={"accept-language": "en"})
        clients[name].force_login(a_user(name, *roles))
    return clients


def page(article, name, *more):
    return reverse(f"admin:articles_translation_{name}", args=[article.pk, *more])


def send(client, url, button, **changes):
    """Open a page, change some fields, press a button, and follow to where it leads."""
    return client.post(url, {**typed(client.get(url, follow=True)), **changes, button: "1"}, follow=True)


def submit(client, article, **changes):
    words = {"text": "A sentence.", "note": "Spelling.", **changes}
    return send(client, page(article, "change"), "_submit", **words)


def newest(article):
    return article.revisions.order_by("-pk").first()


def live_text(article):
    return article.revisions.live(timezone.now()).get().body["text"]


def test_from_a_draft_to_the_readers_with_a_detour(people, article):
    submit(people["author"], article)
    assert newest(article).state == State.IN_REVIEW
    review = page(article, "review", newest(article).pk)

    send(people["reviewer"], review, "_send_back", review_note="Say more.")
    assert newest(article).state == State.DRAFT
    told = people["author"].get(page(article, "change")).content.decode()
    assert "Say more." in told

    submit(people["author"], article, text="A longer sentence.")
    send(people["reviewer"], review, "_approve")
    assert newest(article).state == State.APPROVED
    assert live_text(article) == "A sentense."

    send(people["publisher"], review, "_publish", significance="typo")
    assert live_text(article) == "A longer sentence."
    assert (newest(article).note, newest(article).significance, newest(article).number) == ("Spelling.", "typo", 2)
    events = [(event.by.username, event.verb) for event in reversed(newest(article).events.all())]
    assert events == [
        ("author", "save"),
        ("author", "submit"),
        ("reviewer", "send_back"),
        ("author", "save"),
        ("author", "submit"),
        ("reviewer", "approve"),
        ("publisher", "publish"),
    ]


def test_nobody_approves_their_own_words_and_the_page_says_why(people, article):
    response = submit(people["sue"], article)
    assert b'name="_approve"' not in response.content
    assert b"You wrote some of these words" in response.content
    revision = newest(article)
    url = page(article, "review", revision.pk)
    refused = people["sue"].post(url, {"_seen": revision.seen_as, "_approve": "1"})
    assert refused.status_code == 200
    assert newest(article).state == State.IN_REVIEW


def test_a_superuser_neither(people, article):
    boss = a_user("boss")
    boss.is_superuser = True
    boss.save()
    client = Client()
    client.force_login(boss)
    submit(client, article)
    revision = newest(article)
    client.post(page(article, "review", revision.pk), {"_seen": revision.seen_as, "_approve": "1"})
    assert newest(article).state == State.IN_REVIEW


@pytest.mark.parametrize(
    ("who", "buttons"),
    [
        ("author", {"_take_back"}),
        ("reviewer", {"_send_back", "_approve"}),
        ("publisher", set()),
    ],
)
def test_each_role_has_its_buttons(people, article, who, buttons):
    submit(people["author"], article)
    html = people[who].get(page(article, "review", newest(article).pk)).content.decode()
    names = ("_take_back", "_send_back", "_approve", "_publish", "_restore")
    assert {name for name in names if f'name="{name}"' in html} == buttons


@pytest.mark.parametrize("who", ["author", "publisher"])
def test_only_a_reviewer_approves(people, article, who):
    submit(people["sue"], article)
    revision = newest(article)
    people[who].post(page(article, "review", revision.pk), {"_seen": revision.seen_as, "_approve": "1"})
    assert newest(article).state == State.IN_REVIEW


def test_sending_back_needs_a_note(people, article):
    submit(people["author"], article)
    send(people["reviewer"], page(article, "review", newest(article).pk), "_send_back", review_note=" ")
    assert newest(article).state == State.IN_REVIEW


def test_submitting_needs_a_change_note_and_keeps_the_words(people, article):
    response = submit(people["author"], article, note="")
    assert response.context["submitting"].errors == {"note": ["This field is needed."]}  # its label names the place
    assert newest(article).state == State.DRAFT
    assert newest(article).body["text"] == "A sentence."


def test_a_review_of_words_that_changed_meanwhile_is_refused(people, article):
    submit(people["author"], article)
    url = page(article, "review", newest(article).pk)
    seen = typed(people["reviewer"].get(url))
    send(people["author"], url, "_take_back")
    submit(people["author"], article, text="Something else.")
    people["reviewer"].post(url, {**seen, "_approve": "1"})
    assert newest(article).state == State.IN_REVIEW


def test_what_is_older_than_live_is_not_approved_and_leads_to_the_comparison(people, article):
    submit(people["author"], article)
    slow = newest(article)
    send(people["author"], f"{page(article, 'change')}?revision=live", "_submit", text="Urgent.", note="Urgent.")
    urgent = newest(article)
    send(people["reviewer"], page(article, "review", urgent.pk), "_approve")
    send(people["publisher"], page(article, "review", urgent.pk), "_publish", significance="content")
    html = send(people["reviewer"], page(article, "review", slow.pk), "_approve").content.decode()
    assert article.revisions.get(pk=slow.pk).state == State.IN_REVIEW
    assert f"{page(article, 'compare')}?to={slow.pk}" in html
    send(people["reviewer"], page(article, "review", slow.pk), "_send_back", review_note="Take over the urgent one.")
    draft = f"{page(article, 'change')}?revision={slow.pk}"
    assert "<ins>Urgent</ins>" in people["author"].get(draft).content.decode()
    live = article.revisions.live(timezone.now()).get()
    send(people["author"], draft, "_submit", text="Both.", note="Both.", _taken_over=str(live.pk))
    send(people["reviewer"], page(article, "review", slow.pk), "_approve")
    assert newest_of(article, slow).state == State.APPROVED


def newest_of(article, revision):
    return article.revisions.get(pk=revision.pk)


def test_a_named_reviewer_stands_on_the_page(people, article):
    from django.contrib.auth.models import User

    reviewer = User.objects.get(username="reviewer")
    submit(people["author"], article, reviewer=str(reviewer.pk))
    assert newest(article).reviewer == reviewer


def test_a_draft_is_thrown_away_and_comes_back(people, article):
    change = page(article, "change")
    send(people["author"], change, "_save", text="Half.")
    send(people["author"], f"{change}?revision={newest(article).pk}", "_discard")
    assert newest(article).state == State.DISCARDED
    review = page(article, "review", newest(article).pk)
    assert review in people["author"].get(change).content.decode()
    send(people["author"], review, "_restore")
    assert newest(article).state == State.DRAFT
    assert newest(article).body["text"] == "Half."


def test_half_a_draft_is_thrown_away_as_well(people, article):
    draft = a_draft(article, a_body("Half"))
    change = f"{page(article, 'change')}?revision={draft.pk}"
    send(people["author"], change, "_discard", title="")
    assert newest(article).state == State.DISCARDED


class TestPlans:
    @pytest.fixture
    def approved(self, people, article):
        submit(people["author"], article, text="Planned.")
        send(people["reviewer"], page(article, "review", newest(article).pk), "_approve")
        return newest(article)

    def plan(self, people, article, approved, at, until="", zone="UTC"):
        sent = {"significance": "content", "at": at, "until": until, "zone": zone}
        return send(people["publisher"], page(article, "review", approved.pk), "_publish", **sent)

    def test_it_goes_live_at_its_hour_in_the_zone_that_was_chosen(self, people, article, approved):
        self.plan(people, article, approved, "2099-07-01T09:30", zone="Europe/Berlin")
        assert next(f"{change.at:%Y-%m-%d %H:%M}" for change in article.live_changes.all()) == "2099-07-01 07:30"
        assert live_text(article) == "A sentense."

    @pytest.mark.parametrize("hour", ["2099-03-29T02:30", "2099-10-25T02:30"])
    def test_an_hour_that_the_clock_skips_or_shows_twice_is_refused(self, people, article, approved, hour):
        response = self.plan(people, article, approved, hour, zone="Europe/Berlin")
        assert response.context["publishing"].errors.keys() == {"at"}
        assert newest(article).state == State.APPROVED

    def test_one_that_ends_before_it_starts_is_refused(self, people, article, approved):
        response = self.plan(people, article, approved, "2099-07-02T00:00", until="2099-07-01T00:00")
        assert response.context["publishing"].errors.keys() == {"until"}
        assert newest(article).state == State.APPROVED
        assert article.live_changes.count() == 1

    @pytest.mark.parametrize("year", ["9999-12-31T23:59", "2200-01-01T00:00"])
    def test_a_year_that_was_mistyped_is_refused_beside_its_field(self, people, article, approved, year):
        response = self.plan(people, article, approved, "", until=year, zone="America/New_York")
        assert response.context["publishing"].errors.keys() == {"until"}
        response = self.plan(people, article, approved, year, zone="America/New_York")
        assert response.context["publishing"].errors.keys() == {"at"}

    def test_an_instant_that_is_taken_is_told_beside_its_field(self, people, article, approved):
        self.plan(people, article, approved, "2099-07-01T00:00", until="2099-07-03T00:00")
        again = page(article, "again", article.revisions.get(number=1).pk)
        response = send(people["publisher"], again, "_do", note="n", at="2099-07-03T00:00", zone="UTC")
        assert response.context["form"].errors.keys() == {"at"}

    def test_one_in_the_past_is_refused_beside_its_field(self, people, article, approved):
        response = self.plan(people, article, approved, "2020-07-02T00:00")
        assert response.context["publishing"].errors.keys() == {"at"}

    def test_with_an_end_readers_see_again_what_they_saw_before(self, people, article, approved):
        self.plan(people, article, approved, "2099-07-01T00:00", until="2099-07-03T00:00")
        end, start, _first = article.live_changes.all()
        seen = [article.revisions.live(at).get().number for at in (start.at, end.at - timedelta(seconds=1), end.at)]
        assert seen == [2, 2, 1]

    def test_it_is_moved_and_called_off(self, people, article, approved):
        self.plan(people, article, approved, "2099-07-01T00:00", until="2099-07-03T00:00")
        plan = page(article, "plan", article.live_changes.get(revision__number=2).pk)
        send(people["publisher"], plan, "_do", at="2099-08-01T00:00", until="", zone="UTC")
        assert [f"{change.at:%Y-%m-%d}" for change in article.live_changes.all()] == ["2099-08-01", "2026-01-02"]
        plan = page(article, "plan", article.live_changes.get(revision__number=2).pk)
        send(people["publisher"], plan, "_withdraw")
        assert article.live_changes.count() == 1
        assert people["publisher"].get(plan).status_code == 404

    def test_an_urgent_fix_goes_live_meanwhile_and_the_plan_is_marked_as_behind(self, people, article, approved):
        self.plan(people, article, approved, "2099-07-01T00:00", until="2099-07-03T00:00")
        change = page(article, "change")
        assert "behind live" not in people["author"].get(change).content.decode()
        submit(people["author"], article, text="Urgent.")
        urgent = newest(article)
        send(people["reviewer"], page(article, "review", urgent.pk), "_approve")
        send(people["publisher"], page(article, "review", urgent.pk), "_publish", significance="content")
        assert live_text(article) == "Urgent."
        assert "behind live" in people["author"].get(change).content.decode()
        end, start, *_ = article.live_changes.all()
        assert article.revisions.live(start.at).get().body["text"] == "Planned."
        assert article.revisions.live(end.at).get().body["text"] == "Urgent."

    @pytest.mark.parametrize("who", ["author", "reviewer"])
    def test_only_a_publisher_plans(self, people, article, approved, who):
        sent = {"_seen": approved.seen_as, "note": "n", "significance": "typo", "zone": "UTC", "_publish": "1"}
        people[who].post(page(article, "review", approved.pk), sent)
        assert article.live_changes.count() == 1
        for url in (page(article, "retire"), page(article, "again", approved.pk)):
            assert people[who].get(url).status_code == 403
