"""Two at once, with real commits: each publishes or is refused, and nothing is half done."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from helpcenter.domain.findings import Refused
from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import Document, LiveChange, Revision, State
from helpcenter.publishing.verbs import approve, publish, send_back, submit, take_back
from tests.builders import a_body, a_draft, a_user, an_article

pytestmark = pytest.mark.django_db


def publishing(pk, at, now):
    """What a publisher does who has this revision before them."""
    revision = Revision.objects.select_related("document").get(pk=pk)

    def story():
        return publish(revision, by=None, note="", significance=Significance.CONTENT, at=at, now=now).pk

    return story


def fetched_first(pk, at, now):
    """The same, but all of them have looked before the first of them acts."""
    return lambda: publishing(pk, at, now)()


def drafts(count):
    def write():
        article = an_article(history={"2020-01-01": a_body("first")})
        rows = [Revision.objects.create(document=article, body=a_body(str(number))) for number in range(count)]
        return [row.pk for row in rows]

    return write


def ending():
    """Everything that is published, and every live change."""
    published = Revision.objects.filter(state=State.PUBLISHED)
    return {
        "numbers": sorted(published.values_list("number", flat=True)),
        "drafts": Revision.objects.filter(state=State.DRAFT).count(),
        "instants": sorted(LiveChange.objects.values_list("at", flat=True)),
        "never live": published.filter(live_changes__isnull=True).count(),
    }


def sorted_out(results):
    """How many published; the codes of those who were refused."""
    published = [result for result in results if isinstance(result, int)]
    refused = [result for result in results if isinstance(result, Refused)]
    assert len(published) + len(refused) == len(results), results
    return len(published), [finding.code for each in refused for finding in each.findings]


def test_of_two_at_the_same_instant_one_publishes_and_the_other_is_told(own_database):
    now = timezone.now()
    one, two = own_database.do(drafts(2))
    results = own_database.run(fetched_first(one, now, now), fetched_first(two, now, now))
    assert sorted_out(results) == (1, ["live-change-in-the-way"])
    end = own_database.do(ending)
    assert (end["numbers"], end["drafts"], end["never live"]) == ([1, 2], 1, 0)
    assert end["instants"][1:] == [now]


def test_of_many_at_instants_of_their_own_all_have_numbers_of_their_own(own_database):
    now = timezone.now()
    rows = own_database.do(drafts(4))
    plans = [now + timedelta(days=day) for day in range(1, 5)]
    results = own_database.run(*(fetched_first(pk, at, now) for pk, at in zip(rows, plans, strict=True)))
    assert sorted_out(results) == (4, [])
    end = own_database.do(ending)
    assert (end["numbers"], end["instants"][1:], end["never live"]) == ([1, 2, 3, 4, 5], plans, 0)


def test_a_draft_that_two_have_before_them_is_published_once(own_database):
    now = timezone.now()
    (pk,) = own_database.do(drafts(1))
    look = lambda: Revision.objects.select_related("document").get(pk=pk)  # noqa: E731
    hers, his = own_database.do(look), own_database.do(look)

    def press(revision, at):
        terms = {"by": None, "note": "", "significance": Significance.CONTENT}
        return lambda: publish(revision, **terms, at=at, now=at).pk

    results = own_database.run(press(hers, now), press(his, now + timedelta(microseconds=1)))
    published, refusals = sorted_out(results)
    assert published == 1
    assert set(refusals) <= {"draft-changed-meanwhile", "live-change-in-the-way"}
    assert own_database.do(ending)["numbers"] == [1, 2]


def test_one_writes_while_another_publishes_and_no_word_is_lost(own_database):
    now = timezone.now()
    (pk,) = own_database.do(drafts(1))

    def write():
        return a_draft(Document.objects.get(), a_body("written meanwhile")).pk

    results = own_database.run(fetched_first(pk, now, now), write)
    assert isinstance(results[0], int | Refused), results
    assert isinstance(results[1], int), results

    def words():
        return {revision.body["title"]: revision.state for revision in Revision.objects.all()}

    kept = own_database.do(words)
    assert "written meanwhile" in kept
    if isinstance(results[0], int) and results[1] != pk:
        assert kept["0"] == State.PUBLISHED


def in_review(author, *reviewers):
    """A revision that waits for review, and the people around it, with real commits."""

    def write():
        people = {name: a_user(name).pk for name in (author, *reviewers)}
        article = an_article(history={"2020-01-01": a_body("first")})
        by = User.objects.get(pk=people[author])
        return submit(a_draft(article, a_body("x"), by), by=by, now=timezone.now(), note="n").pk, people

    return write


def look(pk):
    return lambda: Revision.objects.select_related("document").get(pk=pk)


@pytest.mark.parametrize("other", ["approve", "send_back", "take_back"])
def test_of_two_who_decide_on_a_revision_at_once_one_is_told(own_database, other):
    pk, people = own_database.do(in_review("author", "ray", "pam"))
    hers, his = own_database.do(look(pk)), own_database.do(look(pk))

    def decide(verb, revision, name, **said):
        return lambda: verb(revision, by=User.objects.get(pk=people[name]), now=timezone.now(), **said).pk

    second = {
        "approve": decide(approve, his, "pam"),
        "send_back": decide(send_back, his, "pam", note="No."),
        "take_back": decide(take_back, his, "author"),
    }[other]
    results = own_database.run(decide(approve, hers, "ray"), second)
    done, refusals = sorted_out(results)
    assert (done, set(refusals)) <= (1, {"draft-changed-meanwhile", "state-wrong"})
    assert done == 1

    def events():
        revision = Revision.objects.get(pk=pk)
        return revision.state, list(revision.events.order_by("pk").values_list("verb", flat=True))

    state, verbs = own_database.do(events)
    assert len(verbs) == 3  # saved, submitted, and one decision
    assert state == {"approve": "approved", "send_back": "draft", "take_back": "draft"}[verbs[-1]]
