"""Whatever the desk can write is in the audit: made from the admin's own table of what it has.

A model that is registered without a row here fails the run, and so does a page that writes past the audit.
"""

import csv
import re
from io import BytesIO, StringIO
from unittest.mock import patch

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from articles.models import Article, MissingPage, Picture, Redirect, Share
from helpcenter.audit import recording, triggers
from helpcenter.audit.models import Act, Entry
from helpcenter.audit.signing_in import MOST_REFUSED
from helpcenter.audit.values import SECRET, UNKEPT, UNWATCHED, stored
from helpcenter.audit.wording import in_words
from helpcenter.domain.review import Role
from helpcenter.facts.models import FactSheetDocument
from helpcenter.feedback.models import Vote
from helpcenter.publishing.models import LiveChange, ReviewPolicy, Revision
from helpcenter.references.models import OutboundHost
from helpcenter.search.models import Pin, Question, Synonym
from helpcenter.wizard.models import FlowDocument
from tests.builders import a_draft, a_site, a_user, an_article, without_four_eyes
from tests.desk import typed
from tests.signing_in import a_passkey, prove_again

pytestmark = [pytest.mark.django_db, pytest.mark.writes]

SAID = "card 4111 of somebody"
"""What a reader typed, which stands nowhere in the audit."""


class Listening(Client):
    """A browser that knows which tables were written while it was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.wrote = set()

    def post(self, *args, **kwargs):
        with CaptureQueriesContext(connection) as asked:
            answer = super().post(*args, **kwargs)
        said = " ".join(each["sql"] for each in asked.captured_queries)
        self.wrote |= set(re.findall(r'(?:INSERT INTO|INSERT OR \w+ INTO|UPDATE|DELETE FROM) "(\w+)"', said))
        return answer


@pytest.fixture
def client():
    return Listening()


@pytest.fixture
def boss(client):
    """A site, and somebody at its desk who may do everything."""
    a_site()
    without_four_eyes()
    boss = a_user("boss")
    User.objects.filter(pk=boss.pk).update(is_superuser=True)
    client.force_login(boss)
    prove_again(client, boss)
    return boss


def edit(client, row, **changes):
    """Send the form of a row with other words in some of its fields."""
    page = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
    assert client.post(page, {**typed(client.get(page)), **changes}).status_code == 302
    return row


def delete(client, row):
    page = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/delete/"
    assert client.post(page, {"post": "yes"}).status_code == 302
    return row


def a_picture():
    file = BytesIO()
    Image.new("RGB", (700, 400)).save(file, "PNG")
    return SimpleUploadedFile("shot.png", file.getvalue(), "image/png")


def an_answer():
    return Vote.objects.create(
        revision=Revision.objects.filter(document__kind="article", number=1).first(),
        helped=False,
        comment=SAID,
        voter="v" * 32,
        network="n" * 32,
        at=timezone.now(),
    )


def a_text():
    return an_article("topic")


def write_text(client):
    text = a_text()
    edit(client, text, text="Other words.", _save="1")
    return edit(client, text, text="Better words.", _save="1").revisions.get(state="draft")


def write_flow(client):
    flow = FlowDocument.objects.get()
    edit(client, flow, _save="1", note="x")
    return flow.revisions.order_by("-pk").first()


def see_to(client):
    answer = an_answer()
    page = f"/admin/feedback/vote/text/{answer.revision.document_id}/"
    assert client.post(page, {"shown": answer.pk, "seen": answer.pk}).status_code == 302
    return answer


def upload(client):
    assert client.post("/admin/articles/picture/add/", {"key": "shot", "file": a_picture()}).status_code == 302
    return Picture.objects.get()


def asked_in_vain():
    return Question.objects.create(language="en", words=SAID, asked_as=SAID, times=1, last_asked=timezone.now())


def groups_of_somebody(client):
    somebody, group = a_user("somebody"), Group.objects.first()
    return edit(client, somebody, groups=group.pk, email="some@guide.example")


EDITS = {
    "articles.Article": lambda client: (edit(client, a_text().article, order="7"), "order", 100, 7),
    "articles.MissingPage": lambda client: (
        delete(client, MissingPage.objects.create(path=f"/{SAID}", last_asked=timezone.now())), None, None, None,
    ),
    "articles.Picture": lambda client: (upload(client), "key", None, "shot"),
    "articles.Redirect": lambda client: (
        edit(client, Redirect.objects.create(path="/en/a/"), path="/en/b/"), "path", "/en/a/", "/en/b/",
    ),
    "articles.Translation": lambda client: (write_text(client), "body.text", "Other words.", "Better words."),
    "auth.Group": lambda client: (
        edit(client, Group.objects.create(name="Few"), name="Many"), "name", "Few", "Many",
    ),
    "auth.User": lambda client: (groups_of_somebody(client), "email", "", "some@guide.example"),
    "facts.FactSheetDocument": lambda client: (
        (sheet := edit(client, FactSheetDocument.objects.get(), _save="1", note="x"))
        and sheet.revisions.order_by("-pk").first(), "note", None, "x",
    ),
    "feedback.Vote": lambda client: (see_to(client), "seen_to", False, True),
    "publishing.ReviewPolicy": lambda client: (
        edit(client, ReviewPolicy.objects.get(), four_eyes="on"), "four_eyes", False, True,
    ),
    "references.OutboundHost": lambda client: (
        edit(client, OutboundHost.objects.create(host="a.example", reason="x"), reason="y"), "reason", "x", "y",
    ),
    "search.Pin": lambda client: (
        edit(client, Pin.objects.create(language="en", question="a b", article=Article.objects.get()), question="c d"),
        "question", "a b", "c d",
    ),
    "search.Question": lambda client: (delete(client, asked_in_vain()), None, None, None),
    "search.Synonym": lambda client: (
        edit(client, Synonym.objects.create(language="en", words="quit\nleave"), words="quit\ngo"),
        "words", "quit\nleave", "quit\ngo",
    ),
    "wizard.FlowDocument": lambda client: (write_flow(client), "note", None, "x"),
}  # fmt: skip
"""For each model of the admin: post a change of it; the row that changed, the field, what it was and what it is."""

READ_ONLY = {"audit.Entry", "references.Reference"}

NEVER_MIND = ("django_session", "audit_entry", "django_content_type")


def test_every_model_of_the_admin_is_tried():
    assert {model._meta.label for model in admin.site._registry} == {*EDITS, *READ_ONLY}


def tables(label):
    """All tables that hold rows of a kind."""
    model = apps.get_model(label)
    joined = {each.remote_field.through._meta.db_table for each in model._meta.many_to_many}
    return {model._meta.db_table, *joined, *(parent._meta.db_table for parent in model._meta.parents)}


@pytest.mark.parametrize("label", EDITS)
def test_what_is_posted_is_kept_with_what_was_before(client, boss, label):
    began = timezone.now()
    row, field, was, now = EDITS[label](client)
    found = Entry.objects.filter(kind=row._meta.label, key=str(row.pk or ""), at__gte=began)
    if row.pk is None:
        found = Entry.objects.filter(kind=row._meta.label, act=Act.DELETE)
    entries = [each for each in found if field is None or each.changes.get(field) == [was, now]]
    assert entries, list(Entry.objects.values())
    assert entries[0].by == boss
    assert entries[0].page.startswith("/admin/")
    kinds = {table for kind in set(Entry.objects.values_list("kind", flat=True)) for table in tables(kind)}
    unwatched = {table for kind in UNWATCHED for table in tables(kind)}
    assert client.wrote <= {*kinds, *unwatched, *NEVER_MIND}
    assert SAID not in str(list(Entry.objects.values()))


def test_whoever_is_given_a_role_is_seen_to_have_it(client, boss):
    somebody = groups_of_somebody(client)
    group = Group.objects.first().name
    assert Entry.objects.filter(kind="auth.User", key=str(somebody.pk), changes__groups__isnull=False).exists()
    assert [each.changes["groups"] for each in Entry.objects.all() if "groups" in each.changes] == [[[], [group]]]


def test_a_password_is_said_to_have_changed_and_nothing_else_of_it(client, boss):
    somebody = a_user("somebody")
    address = f"/admin/auth/user/{somebody.pk}/password/"
    page = client.post(address, typed(client.get(address)))
    (entry,) = Entry.objects.filter(kind="auth.User", key=str(somebody.pk))
    assert entry.changes == {"password": [None, None]}
    somebody.refresh_from_db()
    kept = str(list(Entry.objects.values()))
    assert not somebody.has_usable_password()
    link = page.context["link"].rstrip("/").rpartition("/")[2]
    assert not any(secret in kept for secret in (link, somebody.password, client.session.session_key))


@pytest.mark.parametrize("name", ["Work laptop", "true", '{"a": 1}'])
def test_a_passkey_that_is_renamed_is_there_and_nothing_of_its_key(client, boss, name):
    key = a_passkey(boss, "My phone")
    page = f"/admin/account/factors/webauthn/keys/{key.pk}/edit/"
    assert client.post(page, {"name": name}).status_code == 302
    (entry,) = Entry.objects.filter(kind="mfa.Authenticator")
    assert entry.changes == {"name": ["My phone", name]}


def test_what_a_reader_said_is_not_even_read(boss):
    answer, question = an_answer(), asked_in_vain()
    missing = MissingPage.objects.create(path=f"/{SAID}", last_asked=timezone.now())
    read = str([stored(row) for row in (answer, question, missing)])
    assert not any(secret in read for secret in (SAID, answer.voter, answer.network))


def test_what_must_not_be_known_is_a_field_of_its_model():
    for table in (SECRET, UNKEPT):
        for label, names in table.items():
            if apps.is_installed("allauth.mfa") or not label.startswith("mfa."):
                assert names <= {each.name for each in apps.get_model(label)._meta.get_fields()}, label


def test_publishing_planning_and_calling_off_are_there(client, boss):
    text = a_text()
    live = text.revisions.get(number=1)
    page = f"/admin/articles/translation/{text.pk}/again/{live.pk}/"
    form = typed(client.get(page))
    sent = {**form, "at": "2031-01-01T12:00", "zone": "UTC", "note": "Sale.", "_do": "1"}
    assert client.post(page, sent).status_code == 302
    plan = LiveChange.objects.get(at__gt=timezone.now())
    assert Entry.objects.filter(kind="publishing.LiveChange", key=str(plan.pk), act=Act.ADD).exists()
    page = f"/admin/articles/translation/{text.pk}/plan/{plan.pk}/"
    assert client.post(page, {**typed(client.get(page)), "_withdraw": "1"}).status_code == 302
    gone = Entry.objects.get(kind="publishing.LiveChange", key=str(plan.pk), act=Act.DELETE)
    assert gone.changes["note"] == ["Sale.", None]
    assert gone.by == boss


def test_a_link_that_is_revoked_is_there(client, boss):
    text = a_text()
    draft = a_draft(text, {**text.revisions.get().body, "text": "x"}, boss)
    page = f"/admin/articles/translation/{text.pk}/share/"
    assert client.post(page, {"revision": draft.pk, "days": "3", "_do": "1"}).status_code == 302
    client.post(page, {"_revoke": Share.objects.get().pk})
    acts = Entry.objects.filter(kind="articles.Share").order_by("pk").values_list("act", flat=True)
    assert list(acts) == [Act.ADD, Act.CHANGE]


def test_what_was_refused_or_failed_half_way_is_not(client, boss, monkeypatch):
    synonym = Synonym.objects.create(language="en", words="quit\nleave")
    page = f"/admin/search/synonym/{synonym.pk}/change/"
    sent = {**typed(client.get(page)), "words": "quit\ngo"}
    assert client.post(page, {**sent, "words": "one"}).status_code == 200
    monkeypatch.setattr("helpcenter.search.admin.look_again", None)
    client.raise_request_exception = False
    assert client.post(page, sent).status_code == 500
    synonym.refresh_from_db()
    assert synonym.words == "quit\nleave"
    assert not Entry.objects.filter(kind="search.Synonym").exists()


def test_a_page_of_our_own_that_fails_half_way_has_written_nothing(client, boss, monkeypatch):
    answer = an_answer()
    monkeypatch.setattr("helpcenter.feedback.admin.messages.success", None)
    client.raise_request_exception = False
    page = f"/admin/feedback/vote/text/{answer.revision.document_id}/"
    assert client.post(page, {"shown": answer.pk, "seen": answer.pk}).status_code == 500
    answer.refresh_from_db()
    assert not answer.seen_to
    assert not Entry.objects.filter(kind="feedback.Vote").exists()


def test_the_entry_is_written_in_the_transaction_that_writes_the_row(client, boss, monkeypatch):
    def fails(*args, **kwargs):
        raise DatabaseError("full")

    synonym = Synonym.objects.create(language="en", words="quit\nleave")
    page = f"/admin/search/synonym/{synonym.pk}/change/"
    sent = {**typed(client.get(page)), "words": "quit\ngo"}
    monkeypatch.setattr(Entry.objects, "create", fails)
    client.raise_request_exception = False
    assert client.post(page, sent).status_code == 500
    synonym.refresh_from_db()
    assert synonym.words == "quit\nleave"


def test_what_readers_and_commands_write_is_not(client, boss):
    a_text()
    began = Entry.objects.count()
    for reader in (Client(), client):
        reader.post("/en/feedback/en/topic/1/", {"helped": "no"})
    Redirect.objects.create(path="/by/a/command/")
    assert Vote.objects.exists()
    assert Entry.objects.count() == began


class TestSigningIn:
    def acts(self):
        return list(Entry.objects.order_by("pk").values_list("act", "by__username", "name", "page"))

    def test_in_and_out_are_there(self, client):
        client.force_login(a_user("boss"))
        client.post("/admin/logout/")
        assert self.acts() == [("sign-in", "boss", "boss", ""), ("sign-out", "boss", "boss", "")]

    def test_a_wrong_password_is_there_by_nobody_and_a_name_that_nobody_has_is_not(self, db):
        from django.contrib.auth import authenticate

        a_user("boss")
        asked = RequestFactory().post("/admin/account/login/")
        authenticate(asked, username="boss", password="wrong horse battery")
        authenticate(asked, username="my password by mistake", password="x")
        assert self.acts() == [("refused", None, "boss", "")]
        assert "wrong horse" not in str(list(Entry.objects.values()))

    def test_a_lock_is_there(self, db):
        a_user("boss")
        for _each in range(settings.AXES_FAILURE_LIMIT):
            Client().post("/admin/account/login/", {"login": "boss", "password": "wrong horse battery"})
        assert ("locked-out", None, "boss", "") in self.acts()

    def test_a_flood_of_them_is_kept_in_part(self, db):
        from django.contrib.auth.signals import user_login_failed

        a_user("boss")
        for _each in range(MOST_REFUSED + 5):
            user_login_failed.send(sender=__name__, credentials={"username": "boss"}, request=None)
        assert Entry.objects.count() == MOST_REFUSED


class TestItOnlyGrows:
    @pytest.fixture
    def entry(self, db):
        return Entry.objects.create(act=Act.ADD, kind="articles.Redirect", key="1", name="/a/")

    def refused(self):
        return pytest.raises(DatabaseError, match=triggers.KEPT)

    def test_nothing_is_changed(self, entry):
        with self.refused(), transaction.atomic():
            Entry.objects.update(name="/b/")

    def test_nothing_is_deleted(self, entry):
        with self.refused(), transaction.atomic():
            entry.delete()

    def test_nothing_is_replaced_or_emptied(self, entry):
        past = "TRUNCATE audit_entry"
        if connection.vendor == "sqlite":
            past = "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry"
        connection.check_constraints()  # what waits for the end of the transaction would be in the way
        with self.refused(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(past)


class TestReadingIt:
    def asked(self, client, query=""):
        return client.get(f"/admin/audit/entry/{query}", headers={"accept-language": "en"})

    def test_it_is_filtered_by_person_kind_act_and_day(self, client, boss, time_machine):
        edit(client, Redirect.objects.create(path="/en/a/"), path="/en/b/")
        count = Entry.objects.count()
        for query, found in (
            ("", count),
            (f"?by__id__exact={boss.pk}", count),
            ("?kind=articles.Redirect", 1),
            ("?act__exact=sign-in", 1),
            ("?at__year=2001", 0),
            ("?q=nobody-has-this", 0),
        ):
            assert self.asked(client, query).context["cl"].result_count == found, query

    def test_it_says_before_and_after(self, client, boss):
        edit(client, Redirect.objects.create(path="/en/a/"), path="/en/b/")
        entry = Entry.objects.get(kind="articles.Redirect")
        assert "Address: /en/a/ → /en/b/" in self.asked(client).content.decode()
        page = self.asked(client, f"{entry.pk}/change/").content.decode()
        assert "<td>/en/a/</td><td>/en/b/</td>" in page
        assert f"/admin/articles/redirect/{entry.key}/change/" in page

    @pytest.mark.parametrize(
        ("language", "field", "part"),
        [("en", "Mail address", "In short"), ("zh-hant", "電子郵件地址", "重點"), ("zh-hans", "邮箱地址", "简要说明")],
    )
    def test_fields_are_called_as_the_desk_calls_them(self, client, boss, language, field, part):
        somebody = groups_of_somebody(client)
        text = a_text()
        for words in ("One.", "Another."):
            edit(client, text, summary=words, _save="1")
        shown = client.get("/admin/audit/entry/", headers={"accept-language": language}).content.decode()
        assert f"{field}: – → some@guide.example" in shown
        assert f"{part}: One. → Another." in shown
        changes = Entry.objects.get(kind="auth.User", key=str(somebody.pk), changes__email__isnull=False)
        page = client.get(f"/admin/audit/entry/{changes.pk}/change/", headers={"accept-language": language})
        assert f"<th>{field}</th>" in page.content.decode()

    def test_of_a_password_it_says_that_it_changed(self, client, boss):
        address = f"/admin/auth/user/{a_user('somebody').pk}/password/"
        client.post(address, typed(client.get(address)))
        assert "Password: ••• → •••" in self.asked(client).content.decode()

    def test_values_are_words_too(self, client, boss):
        edit(client, ReviewPolicy.objects.get(), four_eyes="on")
        edit(client, a_text().article, topic="plans", owner=boss.pk)
        shown = self.asked(client).content.decode()
        assert "Four eyes: no → yes" in shown
        assert re.search(r"Topic: [^;]+ → Plans", shown)

    def test_of_what_the_site_no_longer_has_it_says_what_was_kept(self, client, boss):
        kept = Entry.objects.create(act=Act.CHANGE, kind="gone.Thing", key="1", changes={"some.field": [1, None]})
        Entry.objects.create(act=Act.CHANGE, kind="auth.User", key="1", changes={"gone": [[], ["x", "y"]]})
        shown = self.asked(client).content.decode()
        assert "some.field: 1 → –" in shown
        assert "Gone: – → x, y" in shown
        assert self.asked(client, f"{kept.pk}/change/").status_code == 200

    def test_the_words_of_many_cost_as_much_as_those_of_one(self, client, boss, django_assert_num_queries):
        text = a_text()
        for number in range(3):
            edit(client, text, summary=f"Another {number}.", _save="1")
        edit(client, text.article, owner=boss.pk)
        entries = list(Entry.objects.all())
        kinds = {each.kind: each for each in entries}
        with CaptureQueriesContext(connection) as asked:
            in_words(kinds.values())
        with django_assert_num_queries(len(asked)):
            assert len(in_words(entries)) == len(entries) > len(kinds)

    def test_its_filters_are_called_by_what_they_ask(self, client, boss):
        Entry.objects.create(act=Act.SIGN_IN, kind="auth.User", key="1", by=a_user("another"))  # one alone is no choice
        page = self.asked(client)
        assert [str(each.title) for each in page.context["cl"].filter_specs] == ["what happened", "kind", "person"]
        assert "By by" not in page.content.decode()

    def test_it_leaves_as_csv(self, client, boss):
        edit(client, Redirect.objects.create(path="/en/a/"), path="/en/b/")
        rows = list(csv.reader(StringIO(self.asked(client, "?_csv=1").content.decode("utf-8-sig"))))
        assert len(rows) == Entry.objects.count() + 1
        assert "Address: /en/a/ → /en/b/" in rows[1]

    def test_what_happened_to_a_thing_is_a_link_from_it(self, client, boss):
        redirect = edit(client, Redirect.objects.create(path="/en/a/"), path="/en/b/")
        answer = client.get(f"/admin/articles/redirect/{redirect.pk}/history/", follow=True)
        assert answer.context["cl"].result_count == 1

    def test_only_administrators_read_it_and_nobody_writes_it(self, client, boss):
        edit(client, Redirect.objects.create(path="/en/a/"), path="/en/b/")
        entry = Entry.objects.first()
        assert client.post(f"/admin/audit/entry/{entry.pk}/change/", {"name": "x"}).status_code == 403
        assert client.post(f"/admin/audit/entry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.get("/admin/audit/entry/add/").status_code == 403
        client.force_login(a_user("author", Role.AUTHOR))
        assert self.asked(client).status_code == 403
        administrator = a_user("administrator", Role.AUTHOR)
        administrator.groups.add(Group.objects.get(name="管理員 Administrators"))
        client.force_login(administrator)
        assert self.asked(client).status_code == 200


@pytest.mark.django_db
def test_what_is_sent_is_read_before_the_database_is_held():
    """Who sends slowly would keep everybody else from writing, on SQLite."""
    happened = []

    class Slow(BytesIO):
        def read(self, *args):
            happened.append("read")
            return super().read(*args)

    class Held:
        __enter__ = __exit__ = lambda self, *error: happened.append("held")

    request = RequestFactory().post("/admin/search/synonym/add/", {"words": "x"})
    request._stream = request.environ["wsgi.input"] = Slow(b"words=x")
    with patch.object(recording.transaction, "atomic", Held):
        recording.recorded(lambda request: HttpResponse(request.POST))(request)
    assert happened[0] == "read"
