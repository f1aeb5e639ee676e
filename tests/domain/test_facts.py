"""The fact sheet: what each kind takes, what is refused and why, and the facts that a text inserts."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.domain.facts import (
    REQUIRED_CHOICES,
    REQUIRED_LABELS,
    REQUIRED_NUMBERS,
    Fact,
    FactKind,
    FactSheet,
    check_facts,
    fact_keys,
    read_sheet,
)
from helpcenter.domain.findings import Finding, Refused
from helpcenter.domain.refunds import REFUND_FACT_KEYS

LANGUAGES = ("zh-hant", "en")
ALL = (*LANGUAGES, "zh-hans")
BUNDLED = Path(__file__).parents[2] / "articles" / "content" / "facts.yaml"
REQUIRED = (*REQUIRED_NUMBERS, *REQUIRED_CHOICES, *REQUIRED_LABELS)


def row(kind="number", value="20", **changed):
    return {"kind": kind, "value": value, "source": "Source article (F46)", "checked_on": "2026-10-02"} | changed


def a_body(rows=None, without=()):
    """The facts that our rules need, and more."""
    needed = {
        **{key: row() for key in REQUIRED_NUMBERS},
        "refund.combine": row("choice", "any"),
        "refund.scope": row("choice", "subscription"),
        "provider_refund.scope": row("choice", "lifetime"),
        "label.cancel": row("label", "Cancel Plan"),
    }
    return {"facts": {key: each for key, each in (needed | (rows or {})).items() if key not in without}}


def read(rows=None, without=()) -> FactSheet:
    return read_sheet(a_body(rows, without), version=7, languages=LANGUAGES)


def refused(rows=None, without=()) -> tuple[Finding, ...]:
    with pytest.raises(Refused) as caught:
        read(rows, without)
    return caught.value.findings


@pytest.mark.parametrize(
    ("key", "kind", "value", "read_as"),
    [
        ("gpu.minutes", "number", "3.3", Decimal("3.3")),
        ("gpu.minutes", "number", 20, Decimal(20)),
        ("gpu.minutes", "number", 0, Decimal(0)),
        ("plan.monthly", "money", "10", Decimal(10)),
        ("rights.since", "date", "2026-06-19", date(2026, 6, 19)),
        ("rights.since", "date", date(2026, 6, 19), date(2026, 6, 19)),
        ("label.manage", "label", " Manage Subscription ", "Manage Subscription"),
        ("command.info", "command", "/info", "/info"),
        ("site.home", "address", "https://www.midjourney.com/", "https://www.midjourney.com/"),
        ("site.home", "address", "https://www.midjourney.com", "https://www.midjourney.com"),
        ("rights.when", "text", {"zh-hant": "春季 ", "en": "spring"}, {"zh-hant": "春季", "en": "spring"}),
        ("other.combine", "choice", "all", "all"),
        ("other.scope", "choice", "lifetime", "lifetime"),
    ],
)
def test_each_kind_of_fact_is_read_with_its_source_and_day(key, kind, value, read_as):
    fact = read({key: row(kind, value)})[key]
    assert fact == Fact(key, FactKind(kind), read_as, "Source article (F46)", date(2026, 10, 2))


@pytest.mark.parametrize(
    ("key", "changed", "finding"),
    [
        ("Refund.Limit", {}, Finding("fact-key-malformed", "Refund.Limit")),
        ("limit", {}, Finding("fact-key-malformed", "limit")),
        ("a.b.", {}, Finding("fact-key-malformed", "a.b.")),
        ("a.b", {"kind": "colour"}, Finding("fact-kind-unknown", "a.b", details={"kind": "colour"})),
        ("a.b", {"kind": None}, Finding("fact-kind-unknown", "a.b", details={"kind": "None"})),
        ("a.b", {"source": "  "}, Finding("fact-source-missing", "a.b")),
        ("a.b", {"source": None}, Finding("fact-source-missing", "a.b")),
        ("a.b", {"checked_on": "soon"}, Finding("fact-date-malformed", "a.b", details={"value": "soon"})),
        ("a.b", {"checked_on": None}, Finding("fact-date-malformed", "a.b", details={"value": "None"})),
        ("a.b", {"value": "many"}, Finding("fact-number-malformed", "a.b", details={"value": "many"})),
        ("a.b", {"value": "-1"}, Finding("fact-number-malformed", "a.b", details={"value": "-1"})),
        ("a.b", {"value": "NaN"}, Finding("fact-number-malformed", "a.b", details={"value": "NaN"})),
        ("a.b", {"value": "Infinity"}, Finding("fact-number-malformed", "a.b", details={"value": "Infinity"})),
        (
            "a.b",
            {"kind": "money", "value": "$10"},
            Finding("fact-number-malformed", "a.b", details={"value": "$10"}),
        ),
        (
            "a.b",
            {"kind": "date", "value": "2026-02-30"},
            Finding("fact-date-malformed", "a.b", details={"value": "2026-02-30"}),
        ),
        ("a.b", {"kind": "label", "value": " "}, Finding("fact-value-missing", "a.b")),
        ("a.b", {"kind": "command", "value": None}, Finding("fact-value-missing", "a.b")),
        ("a.b", {"kind": "address", "value": "http://midjourney.com"}, Finding("fact-address-malformed", "a.b")),
        ("a.b", {"kind": "address", "value": "javascript:alert(1)"}, Finding("fact-address-malformed", "a.b")),
        ("a.b", {"kind": "address", "value": "https://a b"}, Finding("fact-address-malformed", "a.b")),
        ("a.b", {"kind": "address", "value": "https://a/b c"}, Finding("fact-address-malformed", "a.b")),
        (
            "a.b",
            {"kind": "text", "value": {"en": "spring", "zh-hant": " "}},
            Finding("fact-text-missing", "a.b", details={"languages": "zh-hant"}),
        ),
        (
            "a.b",
            {"kind": "text", "value": "spring"},
            Finding("fact-text-missing", "a.b", details={"languages": "zh-hant, en"}),
        ),
        (
            "a.combine",
            {"kind": "choice", "value": "some"},
            Finding("fact-choice-unknown", "a.combine", details={"allowed": "any, all"}),
        ),
        (
            "a.scope",
            {"kind": "choice", "value": "any"},
            Finding("fact-choice-unknown", "a.scope", details={"allowed": "subscription, lifetime"}),
        ),
        ("a.b", {"kind": "choice", "value": "any"}, Finding("fact-choice-unknown", "a.b", details={"allowed": ""})),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place_and_the_reason(key, changed, finding):
    assert refused({key: row(**changed)}) == (finding,)


def test_all_faults_are_told_at_once():
    findings = refused(
        {"a.number": row(value="many"), "a.label": row("label", ""), "A": row()}, without=("refund.images",)
    )
    assert [(finding.where, finding.code) for finding in findings] == [
        ("a.number", "fact-number-malformed"),
        ("a.label", "fact-value-missing"),
        ("A", "fact-key-malformed"),
        ("refund.images", "fact-missing"),
    ]


@pytest.mark.parametrize("key", REQUIRED)
def test_a_fact_that_our_rules_need_cannot_be_left_out(key):
    assert refused(without=(key,)) == (Finding("fact-missing", key),)


@pytest.mark.parametrize("key", REQUIRED)
def test_a_fact_that_our_rules_need_keeps_its_kind(key):
    kind = read()[key].kind
    assert refused({key: row("command", "/info")}) == (Finding("fact-kind-wrong", key, details={"kind": kind.value}),)


def test_every_fact_that_the_refund_rule_reads_is_one_that_cannot_be_left_out():
    assert set(REFUND_FACT_KEYS) <= set(REQUIRED)


def test_a_needed_fact_that_cannot_be_read_is_told_once():
    assert [finding.code for finding in refused({"refund.images": row(value="?")})] == ["fact-number-malformed"]


def test_a_sheet_gives_its_facts_by_key_and_in_the_order_of_the_file():
    sheet = read({"z.last": row(value="1"), "a.after": row(value="2")})
    assert sheet.version == 7
    assert [fact.key for fact in sheet][-2:] == ["z.last", "a.after"]
    assert "z.last" in sheet
    assert "z.first" not in sheet
    assert sheet.number("a.after") == 2
    assert sheet.choice("refund.combine") == "any"


def test_the_bundled_sheet_can_be_read():
    sheet = read_sheet(yaml.safe_load(BUNDLED.read_text("utf-8")), version=1, languages=ALL)
    assert sheet.number("refund.gpu_minutes") == 20
    assert sheet.choice("provider_refund.scope") == "lifetime"
    assert set(sheet["rights.uk.new_rules"].value) == set(ALL)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Fewer than {{refund.gpu_minutes}} minutes", ("refund.gpu_minutes",)),
        ("{{ b.two }} {{b.two}} {{\ta.one }} {{b.two}}", ("b.two", "a.one")),
        ("{{不.明}}", ("不.明",)),
        ("{single} {{}} {{ }} {{a b}} {{a.b} {a.b}}", ()),
        ("", ()),
    ],
)
def test_the_facts_that_a_text_inserts_in_order_and_each_once(text, keys):
    assert fact_keys(text) == keys


def test_an_unknown_fact_comes_with_the_one_that_was_probably_meant():
    known = ["refund.gpu_minutes", "refund.images"]
    findings = check_facts("{{refund.gpu_minuts}} {{refund.images}} {{zzz.qqq}}", known, where="cancel-web.md:14")
    assert findings == (
        Finding(
            "fact-unknown",
            "cancel-web.md:14",
            details={"key": "refund.gpu_minuts", "suggestion": "refund.gpu_minutes"},
        ),
        Finding("fact-unknown", "cancel-web.md:14", details={"key": "zzz.qqq", "suggestion": ""}),
    )


def test_known_facts_may_come_as_a_sheet_is_walked():
    sheet = read()
    backwards = " ".join(f"{{{{{fact.key}}}}}" for fact in reversed(list(sheet)))
    assert check_facts(backwards, (fact.key for fact in sheet), where="here") == ()


@given(st.text() | st.text("{} .ab\n"))
def test_any_text_can_be_searched_for_facts(text):
    keys = fact_keys(text)
    assert len(set(keys)) == len(keys)
    unknown = [finding for finding in check_facts(text, (), where="here") if finding.code == "fact-unknown"]
    assert [finding.details["key"] for finding in unknown] == list(keys)


@pytest.mark.parametrize("broken", ["{{label cancel}}", "{{label.cancel}", "{label.cancel}}", "{{ }}"])
def test_braces_that_are_no_fact_are_pointed_out(broken):
    found = check_facts(f"Press {broken} and {{{{a.b}}}}.", ["a.b"], where="here")
    assert [finding.code for finding in found] == ["fact-token-malformed"]


@given(st.text() | st.none() | st.integers() | st.floats() | st.booleans() | st.dates(), st.sampled_from(FactKind))
def test_whatever_an_editor_types_is_read_or_refused(value, kind):
    try:
        kind_read = read({"a.combine": row(kind.value, value)})["a.combine"].kind
    except Refused as refusal:
        findings = refusal.findings
    else:
        findings = ()
        assert kind_read is kind
    assert [finding.where for finding in findings] in ([], ["a.combine"])
