"""The search: finds what readers see, in their words, at once; and nothing else."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from articles.models import Article
from articles.redirects import rename
from helpcenter.domain.review import Role
from helpcenter.domain.versions import Significance
from helpcenter.publishing.verbs import publish, retire
from helpcenter.search import asking, counting
from helpcenter.search.asking import search
from helpcenter.search.indexing import rebuild
from helpcenter.search.models import FIELDS, Entry, Pin, Question, Synonym, Term
from tests.builders import (
    FactSheetDocument,
    a_body,
    a_draft,
    a_sheet,
    a_sheet_body,
    a_user,
    an_article,
    live,
    reviewed,
    the_bundled_site,
)
from tests.desk import typed
from tests.replay import replayed
from tests.search.quality import QUESTIONS, Tally, tally

pytestmark = pytest.mark.django_db


def found(question, language="en", at=None):
    answer = search(question, language, at or timezone.now())
    return [hit.entry.reading().slug for hit in answer.hits]


def indexed():
    """All that the index holds."""
    entries = sorted(Entry.objects.values_list("language", *FIELDS))
    return entries, sorted(Term.objects.filter(uses__gt=0).values_list("language", "text", "uses"))


@pytest.fixture
@replayed
def site():
    a_sheet()
    an_article("refund", history={"2026-02-01": a_body("Can I get my money back?", text="A refund is rare.")})
    an_article("images", history={"2026-02-01": a_body("Your pictures", text="They stay where they are.")})
    an_article("zh", "zh-hant", history={"2026-02-01": a_body("可以申請退款嗎", text="看情況。")})


class TestTheBundledArticles(TestCase):
    @classmethod
    def setUpTestData(cls):
        the_bundled_site()

    def test_real_questions_are_answered_in_the_first_place_or_the_first_three(self):
        every = Tally(*(sum(getattr(each, name) for each in tally().values()) for name in Tally.__dataclass_fields__))
        assert every.first >= 0.9 * every.asked
        assert every.near_the_top >= 0.98 * every.asked

    def test_the_first_character_of_a_word_is_an_answerable_question(self):
        for language, begun in (("zh-hant", "退"), ("zh-hans", "取")):
            page = self.client.get(f"/{language}/search/", {"q": begun}).content.decode()
            assert 'class="search__count"' in page, begun

    def test_what_the_site_is_not_about_is_not_answered_but_helped_on(self):
        for _, question in QUESTIONS["nothing"]:
            page = self.client.get("/zh-hant/search/", {"q": question}).content.decode()
            assert 'class="search__count"' not in page, question
            assert "/zh-hant/articles/cancel-web/" in page
            assert "/zh-hant/wizard/" in page


class TestWhatIsFound:
    def test_two_characters_whole_sentences_and_the_other_script(self, site):
        assert found("退款", "zh-hant") == found("怎麼申請退款呢", "zh-hant") == found("申请退款", "zh-hant") == ["zh"]

    def test_a_hit_is_read_as_its_page_reads_it(self, site):
        now = timezone.now()
        hit = search("refund", "en", now).hits[0]
        assert hit.entry.reading() == Article.objects.live("refund", "en", now)

    def test_only_in_the_language_that_is_read(self, site):
        assert found("退款", "en") == []
        assert found("refund", "zh-hant") == []

    def test_one_slip_is_forgiven_and_one_sound(self, site):
        assert found("refnud") == ["refund"]
        assert found("推款", "zh-hant") == ["zh"]

    def test_of_three_han_the_one_in_the_middle_may_sound_alike(self, site):
        an_article("browser", "zh-hant", history={"2026-02-01": a_body("換一個瀏覽器")})
        assert found("瀏懶器", "zh-hant") == ["browser"]

    def test_words_that_no_article_has_hide_no_answer(self, site):
        for number in range(12):
            an_article(f"bill-{number}", history={"2026-02-01": a_body("Charges", text="Cancel.")})
        assert len(found("cancelled, gadget charged")) == 12
        assert found("cancel gadget gizmo") == []  # about something else

    def test_what_fits_better_than_an_answer_is_one(self, site):
        for number in range(6):
            an_article(f"bill-{number}", history={"2026-02-01": a_body("Invoices")})
        an_article("animals", history={"2026-02-01": a_body("Animals", text="A zebra.")})
        answers = found("invoices gadget zebra")
        assert answers[0].startswith("bill-")
        assert "animals" in answers

    def test_what_is_about_something_else_is_not_taken_for_a_slip(self, site):
        an_article("sky", "zh-hant", history={"2026-02-01": a_body("從那天起")})
        assert search("天氣預報", "zh-hant", timezone.now()).near == ()

    def test_what_says_everything_is_shown_however_many_say_a_part_in_their_titles(self, site, monkeypatch):
        monkeypatch.setattr(asking, "MOST_SHOWN", 2)
        for n in range(3):
            an_article(f"giraffe-{n}", history={"2026-02-01": a_body("A giraffe")})
            an_article(f"deer-{n}", "zh-hant", history={"2026-02-01": a_body("長頸鹿")})
        an_article("both", history={"2026-02-01": a_body("Animals", text="Zebras. A giraffe.")})
        an_article("beide", "zh-hant", history={"2026-02-01": a_body("動物", text="斑馬。長頸鹿。")})
        assert "both" in found("giraffe zebra")
        assert "beide" in found("長頸鹿斑馬", "zh-hant")

    def test_a_title_that_it_once_had(self, site):
        text = an_article("renamed", history={"2026-02-01": a_body("Unsubscribing for good")})
        live(text, {"2026-03-01": a_body("Goodbye")})
        assert found("unsubscribing") == ["renamed"]

    def test_a_question_that_stands_on_no_page(self, site, client):
        an_article("asked", history={"2026-02-01": a_body("Leaving", questions=["Where do I hand in my notice?"])})
        assert found("hand in notice") == ["asked"]
        assert "notice" not in client.get("/en/articles/asked/").content.decode()

    def test_what_says_that_it_answers_just_this_question_comes_before_what_speaks_of_it_most(self, site):
        much = a_body("Cancel from the statement by email", text="Open the statement. Your statement is a statement.")
        an_article("email", history={"2026-02-01": much})
        an_article("charges", history={"2026-02-01": a_body("Charges", questions=["statement"])})
        assert found("statement") == ["charges", "email"]
        assert found("cancel by email with a statement")[0] == "email"

    def test_a_fact_by_its_value_also_when_the_sheet_changes(self, site, client):
        an_article("button", history={"2026-02-01": a_body("What to press", text="{{label.cancel}}")})
        assert found("cancel plan") == ["button"]
        live(FactSheetDocument.objects.get(), {"2026-06-01": a_sheet_body(label__cancel="End Membership")})
        assert found("end membership") == ["button"]
        assert found("cancel plan") == []


class TestWhen:
    def test_a_draft_is_not_found_and_a_plan_from_its_instant_on(self, site):
        text = an_article("planned", history={})
        draft = reviewed(a_draft(text, a_body("Zebras"), a_user("author")))
        assert found("zebras") == []
        soon = timezone.now() + timedelta(days=3)
        publish(draft, by=None, note="n", significance=Significance.CONTENT, at=soon, now=timezone.now())
        assert found("zebras") == []
        assert found("zebras", at=soon) == ["planned"]

    def test_what_is_retired_is_not_found(self, site):
        text = an_article("gone", history={"2026-02-01": a_body("Zebras")})
        assert found("zebras") == ["gone"]
        now = timezone.now()
        retire(text, by=None, at=now, now=now)
        assert found("zebras") == []
        assert not Entry.objects.filter(revision__document=text.pk).exists()

    def test_a_renamed_article_is_found_at_its_new_address(self, site, client):
        rename(Article.objects.get(slug="images"), "art", now=timezone.now())
        assert "/en/articles/art/" in client.get("/en/search/?q=pictures").content.decode()

    def test_what_is_made_anew_is_the_same(self, site):
        before = indexed()
        rebuild(timezone.now())
        assert indexed() == before


class TestSynonyms:
    def test_one_that_an_editor_adds_acts_at_once(self, site, client):
        assert found("reimbursement") == []
        client.force_login(a_user())
        page = client.get("/admin/search/synonym/add/")
        sent = {**typed(page), "language": "en", "words": "Refund\nReimbursement"}
        assert client.post("/admin/search/synonym/add/", sent).status_code == 302
        assert found("reimbursement") == ["refund"]

    @pytest.mark.parametrize("address", ["/en/search/", "/en/search/suggest/", "/api/search/en/"])
    def test_nobody_shows_a_kept_answer_unasked(self, site, client, address):
        kept = client.get(address, {"q": "reimbursement"})
        assert kept.headers["Cache-Control"] == "public, max-age=0"
        Synonym.objects.create(language="en", words="refund\nreimbursement")
        again = client.get(address, {"q": "reimbursement"}, headers={"If-None-Match": kept.headers["ETag"]})
        assert again.status_code == 200

    @pytest.mark.parametrize("words", ["alone", "one\n。。。", ""])
    def test_what_means_nothing_is_refused_beside_the_field(self, client, words):
        client.force_login(a_user())
        page = client.get("/admin/search/synonym/add/")
        said = client.post("/admin/search/synonym/add/", {**typed(page), "language": "en", "words": words})
        assert said.context["adminform"].form.errors.keys() == {"words"}
        assert not Synonym.objects.exists()

    def test_words_are_tried_before_they_are_saved(self, site, client):
        group = Synonym.objects.create(language="en", words="pictures\nphotos")
        client.force_login(a_user())
        page = client.get(f"/admin/search/synonym/{group.pk}/change/", headers={"accept-language": "en"})
        assert 'formaction="/admin/search/synonym/try/"' in page.content.decode()
        sent = {**typed(page), "words": "refund\nreimbursement"}

        def tried(question):
            sides = client.post("/admin/search/synonym/try/", {**sent, "question": question}).context["sides"]
            return [[each.reading.slug for each in side] for side in sides]

        assert tried("reimbursement") == [[], ["refund"]]
        assert tried("photos") == [["images"], []]  # for its own words are no longer what they were
        assert Synonym.objects.get() == group
        assert found("reimbursement") == []

    def test_what_lacks_to_try_words_is_asked_for_and_a_refused_form_keeps_the_question(self, site, client):
        client.force_login(a_user())
        english = {"accept-language": "en"}
        sent = typed(client.get("/admin/search/synonym/add/"))
        for lacks, said in (({"question": "x"}, "Choose the language first."), ({"language": "en"}, "Type a question")):
            page = client.post("/admin/search/synonym/try/", {**sent, **lacks}, headers=english).content.decode()
            assert said in page
            assert "nothing found" not in page
        refused = client.post("/admin/search/synonym/add/", {**sent, "question": "Zebras?"})
        assert typed(refused)["question"] == "Zebras?"

    def test_only_those_who_may_write_try_words(self, client):
        client.force_login(a_user("publisher", Role.PUBLISHER))
        assert client.post("/admin/search/synonym/try/", {"language": "en", "question": "x"}).status_code == 403
        assert client.get("/admin/search/synonym/try/").status_code == 403

    def test_a_slip_in_one_is_forgiven(self, site):
        Synonym.objects.create(language="en", words="refund\nreimbursement")
        assert found("riembursement") == ["refund"]

    def test_one_of_characters_that_only_join_others_acts_within_a_sentence(self, site):
        an_article("gone", "zh-hant", history={"2026-02-01": a_body("圖片消失")})
        Synonym.objects.create(language="zh-hant", words="消失\n冇咗")
        assert found("我啲嘢會唔會冇咗", "zh-hant") == ["gone"]

    def test_one_of_another_language_does_nothing(self, site):
        Synonym.objects.create(language="zh-hant", words="refund\nreimbursement")
        assert found("reimbursement") == []


class TestThePage:
    def test_a_hit_leads_to_the_heading_and_marks_the_words(self, site, client):
        text = "Before.\n\n{#stay}\n## Do they stay?\nYes, your **pictures** stay for ever."
        an_article("kept", history={"2026-02-01": a_body("Afterwards", text=text)})
        page = client.get("/en/search/?q=do+they+stay+pictures").content.decode()
        assert 'href="/en/articles/kept/#stay"' in page
        assert "<mark>pictures</mark>" in page

    def test_a_step_is_found_by_what_to_do_if_it_fails(self, site, client):
        body = a_body("Doing it", steps=("go",))
        body["steps"][0]["if_not"] = "Look for a purple giraffe."
        an_article("steps", history={"2026-02-01": body})
        assert 'href="/en/articles/steps/#step-go"' in client.get("/en/search/?q=giraffe").content.decode()

    def test_suggestions_come_while_a_word_is_typed(self, site, client):
        for typed_so_far in ("pict", "pictur"):
            assert "Your pictures" in client.get(f"/en/search/suggest/?q={typed_so_far}").content.decode()
        an_article("leave", history={"2026-02-01": a_body("Cancellation")})
        for typed_so_far in ("cance", "cancella", "cancellatio", "cancellation"):  # not only its stem: cancel
            assert "Cancellation" in client.get(f"/en/search/suggest/?q={typed_so_far}").content.decode()
        assert client.get("/en/search/suggest/?q=").content.decode().strip() == ""

    def test_words_of_the_question_are_shown_as_they_were_typed_and_never_obeyed(self, site, client):
        page = client.get("/en/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page

    def test_a_question_that_is_too_long_is_read_as_far_as_it_goes_and_says_so(self, site, client):
        page = client.get("/en/search/", {"q": "pictures " * 2000}).content.decode()
        assert "only its first 200 characters" in page
        assert "Your pictures" in page


class TestAnythingTyped(TestCase):
    @settings(max_examples=80)
    @given(st.text(max_size=300))
    def test_is_answered(self, question):
        if not Entry.objects.exists():
            a_sheet()
            an_article("refund", history={"2026-02-01": a_body("Refund", text="退款 AND NEAR OR NOT *")})
        for page in ("/en/search/", "/zh-hant/search/suggest/"):
            assert self.client.get(page, {"q": question}).status_code == 200


HOSTILE = (
    *('"', "a OR b", "NEAR(a b)", "title:x", "*", "a*", "(", "a & b | !c", "'; DROP TABLE x; --"),
    *("\x00", "\ud800", "1.5% fee"),
)


@pytest.mark.parametrize("question", HOSTILE)
@pytest.mark.parametrize("page", ["/en/search/", "/en/search/suggest/"])
def test_the_languages_of_the_databases_are_plain_words(site, client, question, page):
    assert client.get(page, {"q": question.encode("utf-8", "surrogatepass")}).status_code == 200


class TestWhatEditorsCanRepair:
    def asked(self, client, question, **more):
        return client.post("/en/search/count/", {"q": question, **more})

    def test_what_is_asked_is_counted_once_for_all_ways_of_saying_it(self, site, client):
        for question in ("refund", "Refunds?", "ＲＥＦＵＮＤ"):
            assert self.asked(client, question).status_code == 204
        self.asked(client, "refund", clicked="1")
        self.asked(client, "zebras")
        rows = Question.objects.values_list("asked_as", "times", "clicked", "found")
        assert sorted(rows) == [("refund", 3, 1, 1), ("zebras", 1, 0, 0)]

    def test_what_may_be_somebodys_is_not_kept(self, site, client):
        for question in ("amy@example.org", "0912345678 refund", "0912-345-678", "4111 1111 1111 1111", "", "。。。"):
            self.asked(client, question)
        assert not Question.objects.exists()

    def test_whoever_tries_out_words_does_not_fill_the_disk_and_old_questions_go(self, site, client, monkeypatch):
        monkeypatch.setattr(counting, "MOST_QUESTIONS", 3)
        long_ago = timezone.now() - counting.KEPT_FOR - timedelta(days=1)
        Question.objects.create(language="en", words="old", asked_as="old", times=99, last_asked=long_ago)
        for question in ("refund", "refund", "one", "two", "three", "four"):
            self.asked(client, question)
        assert Question.objects.count() == 3
        assert Question.objects.filter(asked_as="refund").exists()

    def test_editors_see_what_found_nothing_and_what_nobody_followed(self, site, client):
        self.asked(client, "refund")
        self.asked(client, "zebras")
        client.force_login(a_user())
        for outcome, shown in (("nothing", ["zebras"]), ("ignored", ["refund"])):
            page = client.get("/admin/search/question/", {"outcome": outcome})
            assert [str(each) for each in page.context["cl"].result_list] == shown

    def test_a_question_leads_to_the_forms_that_repair_it_filled_in_with_its_words(self, site, client):
        self.asked(client, "zebras")
        client.force_login(a_user())
        rows = client.get("/admin/search/question/", headers={"accept-language": "en"}).content.decode()
        synonyms, pin = re.findall(r'href="(/admin/search/\w+/add/\?[^"]+)"', rows)
        filled = typed(client.get(unescape(synonyms)))
        assert {**filled, "language": "en", "words": "zebras\n", "question": "zebras"} == filled
        filled = typed(client.get(unescape(pin)))
        assert {**filled, "language": "en", "question": "zebras"} == filled

    def test_what_an_editor_repaired_no_longer_counts_as_found_by_nobody(self, site, client):
        self.asked(client, "zebras eat")
        self.asked(client, "giraffes")
        Question.objects.update(times=2)
        client.force_login(a_user())

        def in_vain():
            page = client.get("/admin/desk/searches/")
            return {row.words[0] for row in page.context["rows"]}

        assert in_vain() == {"zebras eat", "giraffes"}
        sent = {**typed(client.get("/admin/search/synonym/add/")), "language": "en", "words": "zebras\nrefund"}
        client.post("/admin/search/synonym/add/", sent)
        assert in_vain() == {"giraffes"}
        article = Article.objects.get(slug="images")
        sent = {**typed(client.get("/admin/search/pin/add/")), "language": "en", "question": "giraffe"}
        client.post("/admin/search/pin/add/", {**sent, "article": article.pk})
        assert in_vain() == set()
        client.post(f"/admin/search/synonym/{Synonym.objects.get().pk}/delete/", {"post": "yes"})
        assert in_vain() == {"zebras eat"}
        pins = {"action": "delete_selected", "_selected_action": Pin.objects.get().pk, "post": "yes"}
        client.post("/admin/search/pin/", pins)
        assert in_vain() == {"zebras eat", "giraffes"}

    def test_what_a_reader_should_not_have_typed_is_deleted_by_who_may_write(self, site, client):
        self.asked(client, "zebras")
        gone = {"action": "delete_selected", "_selected_action": Question.objects.get().pk, "post": "yes"}
        client.force_login(a_user("publisher", Role.PUBLISHER))
        client.post("/admin/search/question/", gone)
        assert Question.objects.exists()
        client.force_login(a_user("author", Role.AUTHOR))
        client.post("/admin/search/question/", gone)
        assert not Question.objects.exists()

    def test_an_article_is_pinned_by_its_title_and_not_where_its_readers_do_not_see_it(self, site, client):
        client.force_login(a_user())
        page = client.get("/admin/search/pin/add/", headers={"accept-language": "en"})
        assert "Your pictures (images)" in page.content.decode()
        sent = {
            **typed(page),
            "language": "zh-hant",
            "question": "圖片",
            "article": Article.objects.get(slug="images").pk,
        }
        refused = client.post("/admin/search/pin/add/", sent)
        assert refused.context["adminform"].form.errors.keys() == {"article"}

    def test_a_pinned_article_comes_first_for_its_question_alone(self, site, client):
        client.force_login(a_user())
        page = client.get("/admin/search/pin/add/")
        article = Article.objects.get(slug="images")
        sent = {**typed(page), "language": "en", "question": "Refund", "article": article.pk}
        assert client.post("/admin/search/pin/add/", sent).status_code == 302
        assert found("refunds?") == ["images", "refund"]
        assert found("refund money") == ["refund"]

    def test_counting_takes_no_question_by_its_address(self, client):
        assert client.get("/en/search/count/?q=refund").status_code == 405
