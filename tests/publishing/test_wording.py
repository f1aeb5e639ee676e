"""Every finding has its sentence, and the sentence finds what it needs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpcenter.domain.findings import Finding
from helpcenter.publishing.wording import SENTENCES, sentence

ROOT = Path(__file__).resolve().parents[2]
FINDERS = {"Finding", "_warning", "refuse"}


def findings_in_code() -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """Place, code and names of the details of each finding that is made anywhere; None if they cannot be read off."""
    for path in sorted([*ROOT.glob("helpcenter/**/*.py"), *ROOT.glob("articles/**/*.py")]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            for call in [node for node in ast.walk(function) if isinstance(node, ast.Call)]:
                name = getattr(call.func, "id", getattr(call.func, "attr", ""))
                if name in FINDERS and call.args and isinstance(call.args[0], ast.Constant):
                    yield f"{path.relative_to(ROOT)}:{call.lineno}", call.args[0].value, _details(call)


def _details(call: ast.Call) -> frozenset[str] | None:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if "details" in keywords:
        given = keywords["details"]
        return frozenset(key.value for key in given.keys) if isinstance(given, ast.Dict) else None
    return frozenset(keywords)


FOUND = list(findings_in_code())


def test_the_code_is_read_as_it_is_written():
    codes = {code for _, code, _ in FOUND}
    assert {"fact-unknown", "flow-choice-single", "flow-kind-unknown", "live-change-in-the-way"} <= codes


def test_every_finding_has_a_sentence():
    assert {f"{code} ({where})" for where, code, _ in FOUND if code not in SENTENCES} == set()


def test_every_sentence_has_a_finding():
    assert set(SENTENCES) - {code for _, code, _ in FOUND} == set()


@pytest.mark.parametrize(("where", "code", "details"), [each for each in FOUND if each[2] is not None])
def test_every_finding_brings_what_its_sentence_needs(where, code, details):
    assert set(re.findall(r"%\((\w+)\)s", str(SENTENCES[code]))) <= details


def test_a_sentence_says_where_and_what_was_probably_meant():
    finding = Finding("fact-unknown", "text", details={"key": "refund.limit", "suggestion": "refund.images"})
    assert sentence(finding) == "text: There is no fact “refund.limit”. Did you mean “refund.images”?"


def test_a_sentence_guesses_nothing_where_nothing_is_near():
    finding = Finding("fact-unknown", "text", details={"key": "x.y", "suggestion": ""})
    assert sentence(finding) == "text: There is no fact “x.y”."


@pytest.fixture(autouse=True)
def _in_english():
    from django.utils.translation import override

    with override("en"):
        yield
