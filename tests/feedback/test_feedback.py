"""Did it help? One answer of each reader and day for the version that was read; nothing that says who it was."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from helpcenter.domain.review import Role
from helpcenter.feedback.models import MOST_LETTERS, Vote
from helpcenter.feedback.voting import MOST_A_DAY
from tests.builders import LANGUAGES, a_body, a_site, a_user, an_article
from tests.pages import Page
from tests.replay import replayed

pytestmark = pytest.mark.django_db


@pytest.fixture
@replayed
def article():
    a_site()
    return an_article("topic", history={"2026-01-02": a_body("One"), "2026-02-02": a_body("Two")})


def say(helped="yes", number=2, *, slug="topic", language="en", who="a browser", address="192.0.2.1", **headers):
    sent = {"helped": helped} if helped else {}
    return Client().post(
        f"/{language}/feedback/en/{slug}/{number}/",
        sent,
        headers={"user-agent": who, **headers},
        REMOTE_ADDR=address,
    )


def counts():
    return Vote.objects.filter(helped=True).count(), Vote.objects.filter(helped=False).count()


class TestTheForm:
    def test_it_stands_below_what_readers_see_now_and_nowhere_else(self, article):
        now = Page.at("/en/articles/topic/")
        assert now.attributes("form.helped", "action") == ["/en/feedback/en/topic/2/"]
        for address in ("versions/1/", "?as_of=2026-02-03", "versions/"):
            assert not Page.at(f"/en/articles/topic/{address}").soup.select("form.helped")

    def test_of_a_text_in_another_language_it_asks_in_the_readers(self, article):
        page = Page.at("/zh-hans/articles/topic/")
        assert page.attributes("form.helped", "action") == ["/zh-hans/feedback/en/topic/2/"]
        response = say("no", language="zh-hans")
        assert Page(Client().get(response.headers["Location"])).attributes("html", "lang") == ["zh-Hans"]


class TestAnAnswer:
    def test_it_belongs_to_the_version_that_was_read(self, article):
        assert say("yes", 1).status_code == 303
        assert say("no", 2).status_code == 303
        assert sorted(Vote.objects.values_list("revision__number", "helped")) == [(1, True), (2, False)]

    def test_somebody_who_answers_again_has_changed_their_mind(self, article):
        say("yes")
        say("no")
        assert counts() == (0, 1)

    def test_who_was_helped_after_all_has_no_reason_left(self, article):
        Client().post(say("no").headers["Location"], {"reason": "unclear", "comment": "Words."})
        say("yes")
        assert Vote.objects.values_list("helped", "reason", "comment").get() == (True, "", "Words.")

    def test_two_browsers_in_one_house_are_two_readers(self, article):
        say(who="one")
        say(who="another")
        assert counts() == (2, 0)

    def test_on_another_day_it_is_another_answer_and_nobody_is_known_any_more(self, article, time_machine):
        time_machine.move_to("2026-11-20 04:00", tick=False)
        say()
        before = Vote.objects.get()
        assert before.voter
        time_machine.move_to("2026-11-21 05:00", tick=False)
        say()
        assert counts() == (2, 0)
        before.refresh_from_db()
        assert (before.voter, before.network) == ("", "")

    def test_nothing_kept_says_who_it_was(self, article):
        say(who="Some Browser 7", address="203.0.113.77")
        kept = str(Vote.objects.values().get())
        assert "Browser" not in kept
        assert "203.0" not in kept

    def test_a_flood_is_refused_and_told_so(self, article):
        for number in range(MOST_A_DAY):
            say(who=f"browser {number}")
        refused = say(who="one more")
        assert refused.status_code == 429
        assert "not counted" in Page(refused).heading
        assert counts() == (MOST_A_DAY, 0)
        assert say("no", who="browser 1").status_code == 303  # who is counted may change their mind
        assert say(address="198.51.100.9").status_code == 303

    def test_of_ipv6_a_household_is_one_network(self, article):
        say(who="one", address="2001:db8:1:2:aaaa::1")
        say(who="another", address="2001:db8:1:2:bbbb::2")
        say(who="third", address="2001:db8:1:3::1")
        assert Vote.objects.values("network").distinct().count() == 2

    @pytest.mark.parametrize("helped", ["", "maybe", "yes\0"])
    def test_what_is_no_answer_is_told(self, article, helped):
        assert say(helped).status_code == 400
        assert counts() == (0, 0)

    def test_a_form_on_another_site_counts_nothing(self, article):
        assert say(**{"sec-fetch-site": "cross-site"}).status_code == 400
        assert say(**{"sec-fetch-site": "same-origin"}).status_code == 303

    @pytest.mark.parametrize("where", [{"number": 3}, {"slug": "nothing"}, {"number": 0}])
    def test_what_nobody_has_read_has_no_answers(self, article, where):
        assert say(**where).status_code == 404

    def test_whoever_opens_the_address_is_sent_to_the_text(self, article):
        response = Client().get("/en/feedback/en/topic/2/")
        assert (response.status_code, response.headers["Location"]) == (302, "/en/articles/topic/")
        assert Client().put("/en/feedback/en/topic/2/").status_code == 405

    def test_no_cookie_is_asked_for_or_set(self, article):
        response = say()
        assert not response.cookies
        assert not Client().get(response.headers["Location"]).cookies


class TestSayingMore:
    @pytest.fixture
    def address(self, article):
        return say("no").headers["Location"]

    def test_a_reason_and_words_are_kept_with_the_answer(self, address):
        page = Page(Client().get(address))
        assert len(page.soup.select("input[type=radio]")) == 4
        done = Client().post(address, {"reason": "different", "comment": "The button is red."})
        assert "Thank you" in Page(done).heading
        assert Vote.objects.values_list("reason", "comment").get() == ("different", "The button is red.")

    def test_words_that_change_after_an_editor_saw_them_wait_again(self, address):
        Client().post(address, {"comment": "First."})
        Vote.objects.update(seen_to=True)
        Client().post(address, {"comment": "First."})
        assert Vote.objects.get().seen_to
        Client().post(address, {"comment": "Second."})
        assert not Vote.objects.get().seen_to

    def test_nobody_sees_or_wipes_what_another_with_the_same_browser_and_address_said(self, address):
        Client().post(address, {"reason": "different", "comment": "My own words."})
        again = say("no").headers["Location"]
        assert "My own words." not in Client().get(again).content.decode()
        Client().post(again, {"reason": "", "comment": ""})
        assert Vote.objects.values_list("reason", "comment").get() == ("different", "My own words.")

    def test_both_may_stay_empty(self, address):
        assert Client().post(address, {}).status_code == 200

    def test_who_was_helped_is_not_asked_what_was_wrong(self, article):
        page = Page(Client().get(say("yes").headers["Location"]))
        assert not page.soup.select("input[type=radio]")
        assert page.soup.select("textarea")

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"comment": "x" * (MOST_LETTERS + 1)}, "comment"),
            ({"comment": "Write to me@example.org"}, "comment"),
            ({"comment": "My card is 4111 1111 1111 1111"}, "comment"),
            ({"comment": "a\0b"}, "comment"),
            ({"reason": "spite", "comment": "kept"}, "reason"),
        ],
    )
    def test_a_mistake_is_told_beside_its_field_and_the_words_stay(self, address, sent, field):
        response = Client().post(address, sent)
        assert response.status_code == 422
        assert field in response.context["form"].errors
        assert sent["comment"].replace("\0", "") in Page(response).soup.textarea.text.replace("\0", "")
        assert Vote.objects.values_list("comment", flat=True).get() == ""

    def test_nobody_adds_to_the_answer_of_another(self, address):
        assert Client().get("/en/feedback/1/").status_code == 404
        assert Client().get(f"/en/feedback/{Vote.objects.get().pk}:x:y/").status_code == 404

    def test_nor_later_than_two_hours(self, address, time_machine):
        time_machine.move_to(timezone.now() + timedelta(hours=3))
        assert Client().get(address).status_code == 404

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_nothing_keeps_the_page(self, article, language):
        response = Client().get(say("no", language=language).headers["Location"])
        assert "no-store" in response.headers["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in response.content.decode()


class TestTheDesk:
    @pytest.fixture
    def desk(self, client, article):
        address = say("no").headers["Location"]
        Client().post(address, {"reason": "unclear", "comment": "Which <b>button</b>?"})
        for number in range(11):
            say(who=f"b{number}", number=1)
        client.force_login(a_user())
        return client

    def page(self, desk, article):
        return desk.get(f"/admin/feedback/vote/text/{article.pk}/", headers={"accept-language": "en"})

    def test_a_text_has_its_score_by_edition_as_a_drawing_and_a_table(self, desk, article):
        html = self.page(desk, article).content.decode()
        assert html.count('class="rates__bar') == 1  # the second has too few answers
        assert re.search(r"<td>1</td><td>11</td><td>11</td><td>100 % \(74–100 %\)", html)
        assert "too few answers for a share" in html
        assert "Which &lt;b&gt;button&lt;/b&gt;?" in html

    def test_a_comment_waits_at_the_desk_until_somebody_has_seen_to_it(self, desk, article):
        assert "Which" in desk.get("/admin/desk/comments/").content.decode()
        desk.post(f"/admin/feedback/vote/text/{article.pk}/", {"seen": [Vote.objects.exclude(comment="").get().pk]})
        assert "Which" not in desk.get("/admin/desk/comments/").content.decode()
        assert "Which" in self.page(desk, article).content.decode()

    def test_who_ticked_the_wrong_one_takes_the_tick_away(self, desk, article):
        page, vote = f"/admin/feedback/vote/text/{article.pk}/", Vote.objects.exclude(comment="").get()
        desk.post(page, {"shown": [vote.pk], "seen": [vote.pk]})
        assert f'value="{vote.pk}" aria-label="seen to" checked' in self.page(desk, article).content.decode()
        desk.post(page, {"shown": [vote.pk]})
        assert "Which" in desk.get("/admin/desk/comments/").content.decode()

    def test_the_list_leads_to_the_text_by_its_title_and_tells_what_waits(self, desk, article):
        english = {"accept-language": "en"}
        for state, other in (("waits", "seen"), ("seen", "waits")):
            waiting = desk.get("/admin/feedback/vote/", {"comment": state}, headers=english)
            assert [vote.comment for vote in waiting.context["cl"].result_list] == [
                Vote.objects.exclude(comment="").get().comment
            ]
            assert not desk.get("/admin/feedback/vote/", {"comment": other}).context["cl"].result_list
            html = waiting.content.decode()
            title = article.revisions.live(timezone.now()).get().body["title"]
            assert f'<a href="/admin/feedback/vote/text/{article.pk}/">{title} · English</a>' in html
            Vote.objects.update(seen_to=True)

    def test_the_writing_page_leads_there(self, desk, article):
        html = desk.get(f"/admin/articles/translation/{article.pk}/change/").content.decode()
        assert f"/admin/feedback/vote/text/{article.pk}/" in html

    def test_who_has_no_role_sees_nothing_of_it(self, client, article):
        stranger = a_user("stranger", Role.AUTHOR)
        stranger.user_permissions.clear()
        client.force_login(stranger)
        assert client.get(f"/admin/feedback/vote/text/{article.pk}/").status_code in (302, 403)
        assert client.get("/admin/feedback/vote/").status_code == 403

    def test_a_list_with_everything_leaves_as_a_table(self, desk):
        assert desk.get("/admin/feedback/vote/").status_code == 200
        assert "Which" in desk.get("/admin/feedback/vote/?_csv=1").content.decode()
