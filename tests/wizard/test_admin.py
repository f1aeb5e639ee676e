"""The flow at the editors' desk."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from helpcenter.domain.findings import Refused
from helpcenter.facts.models import FactSheetDocument
from helpcenter.publishing.comparing import Change
from helpcenter.publishing.verbs import begin_draft, retire
from helpcenter.wizard import admin
from helpcenter.wizard.models import FlowDocument
from tests.builders import (
    LANGUAGES,
    a_draft,
    a_flow_body,
    a_site,
    a_user,
    at,
    the_bundled_site,
    without_four_eyes,
    words,
)
from tests.desk import typed

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}


def changed(page):
    """The paths that a page of the desk shows as changed, as it says them."""
    return [(way.mark.value, way.name, *words) for way, *words in page.context["changed_ways"]]


def said(page):
    """What a page of the desk finds to mend."""
    return [words for severity, words, _field in page.context["findings"] if severity == "error"]


def test_the_site_cannot_be_without_its_sheet_or_its_flow():
    a_site()
    for kept in (FactSheetDocument.objects.get(), FlowDocument.objects.get()):
        with pytest.raises(Refused, match="not-retired"):
            retire(kept, by=None, at=at("2026-03-01"), now=at("2026-03-01"))


def test_two_flows_are_compared_by_their_parts_an_answer_that_moved_is_shown_as_moved(client):
    a_site()
    flow = FlowDocument.objects.get()
    body = a_flow_body()
    first = body["nodes"]["first"]
    first["choices"] = {"ask": first["choices"]["ask"], "walk": {**first["choices"]["walk"], "to": "lost"}}
    a_draft(flow, body)
    client.force_login(a_user())
    page = client.get(reverse("admin:wizard_flowdocument_compare", args=[flow.pk]), headers={"accept-language": "en"})
    differences = dict(page.context["differences"]["typed"])
    assert {*differences} == {"first · Answers · walk · Leads to", "first · Answers"}
    assert Change.MOVED in {run.change for run in differences["first · Answers"]}


def test_a_body_that_is_no_flow_is_compared_too(client):
    a_site()
    flow = FlowDocument.objects.get()
    client.force_login(a_user())
    for body in ({}, {"nodes": "none"}, {"nodes": {"first": "x"}}, {"nodes": {"first": {"choices": ["x"]}}}):
        draft = a_draft(flow, body)
        address = reverse("admin:wizard_flowdocument_compare", args=[flow.pk])
        assert client.get(address, {"to": draft.pk}).status_code == 200


class TestTheRows:
    @pytest.fixture
    def flow(self, client):
        a_site()
        without_four_eyes()
        client.force_login(a_user())
        return FlowDocument.objects.get()

    def send(self, client, flow, button="_save", **changes):
        page = reverse("admin:wizard_flowdocument_change", args=[flow.pk])
        sent = {**typed(client.get(page)), "note": "n", "significance": "content", button: "1"}
        return client.post(page, {**sent, **changes}, headers={"accept-language": "en"})

    def draft(self, flow):
        return flow.revisions.newest_draft().body

    def test_what_nobody_changed_is_the_same_to_the_letter(self, client, flow):
        assert self.send(client, flow).status_code == 302
        assert json.dumps(self.draft(flow)) == json.dumps(a_flow_body())

    def test_the_bundled_flow_as_well(self, client):
        the_bundled_site()
        flow = FlowDocument.objects.get()
        client.force_login(a_user())
        assert self.send(client, flow).status_code == 302
        assert json.dumps(self.draft(flow)) == json.dumps(flow.revisions.get(number=1).body)

    def test_an_answer_is_added_moved_and_taken_away(self, client, flow):
        row = {
            "key": "new",
            "label.zh-hant": "新",
            "label.en": "New",
            "label.zh-hans": "新",
            "to": "lost",
            "ORDER": "1",
        }
        self.send(client, flow, **{f"rows-first-2-{name}": value for name, value in row.items()})
        assert list(self.draft(flow)["nodes"]["first"]["choices"]) == ["new", "walk", "ask"]
        self.send(client, flow, **{"rows-first-0-DELETE": "on"})
        assert list(self.draft(flow)["nodes"]["first"]["choices"]) == ["walk", "ask"]

    def test_a_renamed_node_is_renamed_wherever_it_stands_and_old_addresses_lead_there(self, client, flow):
        assert self.send(client, flow, "_publish", **{"node-second-key": "third"}).status_code == 302
        body = flow.revisions.live(timezone.now()).get().body
        assert body["nodes"]["first"]["choices"]["ask"]["to"] == "third"
        assert body["aliases"] == {"second": "third"}
        old = Client().get("/en/wizard/second/?first=ask")
        assert (old.status_code, old.headers["Location"]) == (302, "/en/wizard/third/?first=ask")
        old = Client().get("/en/wizard/over/?first=ask&second=end")
        assert old.headers["Location"] == "/en/wizard/over/?first=ask&third=end"
        assert self.send(client, flow, "_publish", **{"node-third-key": "fourth"}).status_code == 302
        old = Client().get("/en/wizard/second/?first=ask")
        assert old.headers["Location"] == "/en/wizard/fourth/?first=ask"

    def test_a_renamed_walk_keeps_the_addresses_of_its_steps(self, client, flow):
        assert self.send(client, flow, "_publish", **{"node-way-key": "path"}).status_code == 302
        old = Client().get("/en/wizard/way-stop/?first=walk&way-go=done")
        assert old.headers["Location"] == "/en/wizard/path-stop/?first=walk&path-go=done"

    def test_a_renamed_answer_keeps_the_addresses_in_which_it_stands(self, client, flow):
        assert self.send(client, flow, "_publish", **{"rows-second-0-key": "finish"}).status_code == 302
        old = Client().get("/en/wizard/over/?first=ask&second=end")
        assert old.headers["Location"] == "/en/wizard/over/?first=ask&second=finish"

    def test_renamed_again_and_again_old_addresses_keep_leading_there(self, client, flow):
        for changes in (
            {"rows-second-0-key": "finish"},
            {"node-second-key": "third", "rows-second-0-key": "close"},
            {"node-third-key": "second"},
            {"rows-second-0-key": "end"},
        ):
            assert self.send(client, flow, "_publish", **changes).status_code == 302
            live = flow.revisions.live(timezone.now()).get().body
            node = live["nodes"]["first"]["choices"]["ask"]["to"]
            answer = next(iter(live["nodes"][node]["choices"]))
            for old in ("second=end", "second=finish") if answer != "end" else ("second=finish", "third=close"):
                page = Client().get(f"/en/wizard/over/?first=ask&{old}", follow=True)
                assert page.request["QUERY_STRING"] == f"first=ask&{node}={answer}"
        assert live["nodes"] == a_flow_body()["nodes"]

    def test_an_alias_that_readers_need_is_not_deleted(self, client, flow):
        self.send(client, flow, "_publish", **{"rows-second-0-key": "finish"})
        refused = self.send(client, flow, "_publish", **{"aliases-0-DELETE": "on"})
        assert any("Readers have “second/end”" in words for _, words, _ in refused.context["findings"])

    @pytest.mark.parametrize(
        "twice",
        [
            {"node-over-key": "lost"},
            {"rows-second-0-key": "lost"},
            {"node-second-key": "third", "flow-new_key": "third"},
            {"flow-new_key": "lost"},
            {
                "aliases-TOTAL_FORMS": "2",
                **{f"aliases-{n}-old": "ancient" for n in range(2)},
                **{f"aliases-{n}-new": "lost" for n in range(2)},
            },
            {
                "rows-way-TOTAL_FORMS": "2",
                **{f"rows-way-{n}-step": "go" for n in range(2)},
                **{f"rows-way-{n}-to": "lost" for n in range(2)},
            },
        ],
        ids=lambda twice: next(iter(twice)),
    )
    def test_one_key_for_two_is_told_beside_it_and_takes_nothing_away(self, client, flow, twice):
        refused = self.send(client, flow, **twice)
        assert refused.status_code == 200
        assert "this key already" in refused.content.decode()
        assert not flow.revisions.newest_draft()

    def test_what_readers_have_in_their_addresses_does_not_go_without_an_alias(self, client, flow):
        taken = {"node-second-remove": "on", "rows-first-1-to": "lost"}
        refused = self.send(client, flow, "_publish", **taken)
        assert refused.status_code == 200
        assert any("Readers have “second”" in words for _, words, _ in refused.context["findings"])
        assert flow.revisions.live(timezone.now()).get().number == 1
        with_alias = {"aliases-0-old": "second", "aliases-0-new": "lost"}
        assert self.send(client, flow, "_publish", **with_alias).status_code == 302
        old = Client().get("/en/wizard/second/?first=ask", follow=True)
        assert old.status_code == 200

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [("gone", "nowhere", "which is not there"), ("lost", "over", "needs no alias"), ("first/x", "y", "not there")],
    )
    def test_an_alias_that_leads_to_nothing_or_is_not_needed_is_told(self, client, flow, old, new, told):
        refused = self.send(client, flow, "_publish", **{"aliases-0-old": old, "aliases-0-new": new})
        assert any(told in words for _, words, _ in refused.context["findings"])

    def test_a_node_is_added_and_has_rows_of_its_own_then(self, client, flow):
        self.send(client, flow, **{"flow-new_key": "extra", "flow-new_kind": "outcome"})
        assert self.draft(flow)["nodes"]["extra"]["timeline"] == "none"
        page = client.get(reverse("admin:wizard_flowdocument_change", args=[flow.pk])).content.decode()
        assert 'name="node-extra-outcome.en"' in page

    def test_a_draft_may_lack_words_and_says_which(self, client, flow):
        new = {"key": "new", "label.en": "Half an answer", "to": "lost"}
        changes = {f"rows-first-2-{name}": value for name, value in new.items()}
        emptied = {f"node-over-outcome.{code}": "" for code in LANGUAGES} | {"rows-lost-0-checklist.en": ""}
        assert self.send(client, flow, **changes, **emptied).status_code == 302
        body = self.draft(flow)["nodes"]
        assert body["first"]["choices"]["new"] == {"label": {**words(""), "en": "Half an answer"}, "to": "lost"}
        assert (body["over"]["outcome"], body["over"]["text"]) == ({}, words("It is over."))
        page = client.get(reverse("admin:wizard_flowdocument_change", args=[flow.pk]), headers=ENGLISH)
        assert said(page) == [
            "first · Answers · new · Words: The words are missing in: zh-hant, zh-hans.",
            "over · What happens now: The words are missing in: zh-hant, en, zh-hans.",
            "lost · To check off · 1: The words are missing in: en.",
        ]
        assert self.send(client, flow).status_code == 302
        assert self.draft(flow)["nodes"] == body

    @pytest.mark.parametrize("button", ["_submit", "_publish"])
    def test_half_a_text_never_reaches_readers(self, client, flow, button):
        refused = self.send(client, flow, button, **{"node-first-question.en": "", "node-first-help.en": "Help."})
        assert said(refused) == [
            "first · Question: The words are missing in: en.",
            "first · How to find the answer: The words are missing in: zh-hant, zh-hans.",
        ]
        draft = flow.revisions.newest_draft()
        assert (draft.state, flow.revisions.live(timezone.now()).get().number) == ("draft", 1)
        base = reverse("admin:wizard_flowdocument_try", args=[flow.pk, draft.pk])
        tried = client.get(base, headers=ENGLISH)
        assert (tried.status_code, "<h1>…</h1>" in re.sub(r"(<h1)[^>]*", r"\1", tried.content.decode())) == (200, True)

    @pytest.mark.parametrize(
        ("kind", "words_of_it"),
        [
            ("question", {"node-extra-question.en": "Extra?", "rows-extra-0-key": "go", "rows-extra-0-to": "lost"}),
            ("walk", {"node-extra-walk": "walked", "node-extra-done": "over"}),
            ("outcome", {"node-extra-outcome.en": "Extra", "rows-extra-0-checklist.en": "Look."}),
        ],
    )
    def test_a_node_that_was_added_has_its_boxes_before_anything_is_saved(self, client, flow, kind, words_of_it):
        address = reverse("admin:wizard_flowdocument_change", args=[flow.pk])
        checked = self.send(client, flow, "_check", **{"flow-new_key": "extra", "flow-new_kind": kind})
        html = checked.content.decode()
        assert '<details class="node" id="node-extra" open>' in html
        assert all(f'name="{name}"' in html for name in words_of_it)
        assert typed(checked)["flow-new_key"] == ""
        linked = {**typed(checked), **words_of_it, "rows-first-0-to": "extra", "_check": "1"}
        again = client.post(address, {**linked, "flow-new_key": "more"})
        assert '<details class="node" id="node-more" open>' in again.content.decode()
        assert flow.revisions.newest_draft() is None
        kept = {name: value for name, value in typed(again).items() if not name.startswith("_check")}
        assert client.post(address, {**kept, "_save": "1"}).status_code == 302
        body = self.draft(flow)["nodes"]
        assert [*body] == [*a_flow_body()["nodes"], "extra", "more"]
        assert body["first"]["choices"]["walk"]["to"] == "extra"
        assert all(str(value) in json.dumps(body["extra"]) for value in words_of_it.values())

    @pytest.mark.parametrize("added", ["x", "x:none", "Not:question", "lost:question", "x:question x:outcome ::"])
    def test_a_page_that_was_meddled_with_is_told_so(self, client, flow, added):
        assert self.send(client, flow, "_check", **{"flow-added": added}).status_code == 200

    def test_what_is_refused_goes_on_as_the_draft_that_was_kept(self, client, flow):
        changes = {"node-second-key": "third", "node-first-question.en": ""}
        refused = self.send(client, flow, "_publish", **changes)
        again = {**typed(refused), "node-first-question.en": "First!", "_save": "1"}
        page = reverse("admin:wizard_flowdocument_change", args=[flow.pk])
        assert client.post(page, again).status_code == 302
        assert self.draft(flow)["nodes"]["first"]["question"]["en"] == "First!"
        assert "third" in self.draft(flow)["nodes"]

    def test_what_leads_nowhere_yet_is_told_and_left_out_of_the_drawing(self, client, flow):
        new = {"rows-first-2-key": "new", "rows-first-2-hint.en": "Hint", "node-way-stuck": ""}
        assert self.send(client, flow, **new).status_code == 302
        page = client.get(reverse("admin:wizard_flowdocument_change", args=[flow.pk]), headers=ENGLISH)
        assert "first · Answers · new · Leads to: Nothing is chosen yet." in said(page)
        assert "way · I do not see this, then to: Nothing is chosen yet." in said(page)
        assert [way.name for way, *_words in page.context["kept_ways"]] == [
            "first=ask second=end",
            "first=ask second=lost",
        ]
        base = reverse("admin:wizard_flowdocument_try", args=[flow.pk, flow.revisions.newest_draft().pk])
        assert client.get(base).status_code == 200

    def test_checking_shows_what_it_would_do_and_saves_nothing(self, client, flow):
        response = self.send(client, flow, "_check", **{"rows-first-0-to": "lost"})
        html = response.content.decode()
        assert flow.revisions.newest_draft() is None
        assert typed(response)["rows-first-0-to"] == "lost"
        assert '<path class="diagram__line diagram__line--changed"' in html
        assert '<td>≠</td><td title="first">First?</td><td title="walk">Walk</td><td title="lost">Lost</td>' in html
        assert (
            '<td title="first=walk"><strong>+</strong> Walk</td><td title="">–</td><td title="lost">Lost</td>' in html
        )

    def test_where_a_reader_ends_who_does_not_see_what_a_step_says_is_a_path_as_well(self, client, flow):
        response = self.send(client, flow, "_check", **{"node-way-stuck": "over"})
        assert changed(response) == [("≠", "first=walk [way ✗]", "Walk › Walked en ✗", "Lost", "Over")]
        elsewhere = {"rows-way-0-step": "stop", "rows-way-0-to": "over"}
        response = self.send(client, flow, "_check", **elsewhere)
        assert changed(response) == [("+", "first=walk [way ✗ stop]", "Walk › Walked en ✗ Do stop", "–", "Over")]

    def test_where_an_answer_leads_is_chosen_by_words_and_a_walk_is_called_by_its_article(self, client, flow):
        html = client.get(f"/admin/wizard/flowdocument/{flow.pk}/change/", headers=ENGLISH).content.decode()
        assert '<option value="lost">Lost (lost)</option>' in html
        assert '<option value="way">Walked en (way)</option>' in html
        assert "· Walked en <code>way</code>" in html
        assert "<title>Walk</title></text>" in html  # of the answer whose key is on the drawing

    def test_what_did_not_change_is_folded_away(self, client, flow):
        page = client.get(reverse("admin:wizard_flowdocument_change", args=[flow.pk]))
        html = page.content.decode()
        assert " open" not in "".join(re.findall(r"<details[^>]*>", html))
        assert (changed(page), len(page.context["kept_ways"])) == ([], 4)
        assert html.index("<summary>4 ") < html.index('title="first=walk [way]"')

    def test_many_changed_paths_do_not_push_everything_else_away(self, client, flow, monkeypatch):
        monkeypatch.setattr(admin, "MOST_OPEN", 1)
        context = self.send(client, flow, "_check", **{"rows-first-0-to": "lost"}).context
        assert [len(context[ways]) for ways in ("changed_ways", "further_ways")] == [1, 2]

    def test_words_that_the_editors_language_lacks_are_said_in_the_first(self, client, flow):
        body = a_flow_body()
        body["nodes"]["first"]["choices"]["walk"]["label"] = {"zh-hant": "走一遍"}
        body["nodes"]["first"]["choices"]["ask"]["label"] = {}
        a_draft(flow, body)
        page = client.get(
            reverse("admin:wizard_flowdocument_change", args=[flow.pk]), headers={"accept-language": "en"}
        )
        assert [words for _way, words, *_ends in page.context["kept_ways"]] == [
            "走一遍 › Walked en",
            "走一遍 › Walked en ✗",
            "ask › End",
            "ask › Lost",
        ]

    @pytest.mark.parametrize(
        ("where", "value", "field"),
        [
            (("first", "question", "en"), "", "id_node-first-question.en"),
            (("first", "choices", "ask", "label", "zh-hans"), "", "id_rows-first-1-label.zh-hans"),
            (("first", "choices", "ask", "to"), "nowhere", "id_rows-first-1-to"),
            (("over", "text", "en"), "{{no.fact}}", "id_node-over-text.en"),
            (("over", "checklist", 0, "en"), "", "id_rows-over-0-checklist.en"),
            (("way", "walk"), "unheard", "id_node-way-walk"),
            (("way", "stuck"), "nowhere", "id_node-way-stuck"),
            (("way", "stuck_at"), {"jump": "lost"}, "id_rows-way-0-step"),
            (("second", "choices"), {}, "node-second"),
        ],
        ids=lambda each: ".".join(map(str, each)) if isinstance(each, tuple) else "",
    )
    def test_a_line_to_mend_links_to_its_field_and_the_fold_around_it_is_open(self, client, flow, where, value, field):
        body = a_flow_body()
        *path, last = where
        part = body["nodes"]
        for each in path:
            part = part[each]
        part[last] = value
        a_draft(flow, body)
        html = client.get(reverse("admin:wizard_flowdocument_change", args=[flow.pk])).content.decode()
        to_mend = re.findall(r'finding--error"><strong>[^<]*</strong> <a href="#([^"]*)"', html)
        assert field in to_mend
        assert f'<details class="node" id="node-{where[0]}" open>' in html
        assert f'id="{field}"' in html

    @pytest.mark.parametrize("kind", ["question", "walk", "outcome"])
    def test_a_flow_that_is_not_finished_is_drawn_and_tried_as_far_as_it_goes(self, client, flow, kind):
        self.send(client, flow, **{"flow-new_key": "extra", "flow-new_kind": kind})
        page = reverse("admin:wizard_flowdocument_change", args=[flow.pk])
        assert "<svg" in client.get(page).content.decode()
        base = reverse("admin:wizard_flowdocument_try", args=[flow.pk, flow.revisions.newest_draft().pk])
        assert "First?" in client.get(base, headers={"accept-language": "en"}).content.decode()
        assert client.get(f"{base}second/?first=ask").status_code == 200

    def test_what_cannot_be_tried_at_all_says_why_on_the_desk(self, client, flow):
        broken = begin_draft(flow, {"start": 3, "nodes": []}, by=None, now=timezone.now())
        tried = client.get(reverse("admin:wizard_flowdocument_try", args=[flow.pk, broken.pk]), follow=True)
        assert tried.status_code == 200
        assert [str(message) for message in tried.context["messages"]]

    def test_a_loop_is_refused(self, client, flow):
        refused = self.send(client, flow, "_publish", **{"rows-second-0-to": "first"})
        assert refused.status_code == 200
        assert flow.revisions.live(timezone.now()).get().number == 1

    def test_a_draft_is_tried_out_as_a_reader_would_follow_it(self, client, flow):
        self.send(client, flow, **{"node-first-question.en": "First of the draft?"})
        draft = flow.revisions.newest_draft()
        base = reverse("admin:wizard_flowdocument_try", args=[flow.pk, draft.pk])
        english = {"accept-language": "en"}
        assert base in client.get(reverse("admin:wizard_flowdocument_change", args=[flow.pk])).content.decode()
        first = client.get(base, headers=english)
        assert "First of the draft?" in first.content.decode()
        assert "Preview of a draft" in first.content.decode()
        assert "no-store" in first.headers["Cache-Control"]
        assert f'href="{base}second/?first=ask"' in first.content.decode()
        assert client.get(f"{base}second/?first=ask", headers=english).status_code == 200
        assert Client().get(base).status_code == 302
        assert "First of the draft?" not in Client().get("/en/wizard/").content.decode()
