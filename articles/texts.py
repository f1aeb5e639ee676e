"""What an article says, read from a revision's body."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from articles.steps import Step, read_step
from helpcenter.domain.findings import Finding, Refused

GLANCE = ("billed_by", "steps", "takes_effect", "keep_and_lose", "refund", "how_to_check")
"""The six facts that each path article answers in the same order."""


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One article in one language: all its words, as Markdown with fact tokens.

    `questions` are what readers ask whom it answers, in their words; only the search reads them.
    """

    title: str
    summary: str
    at_a_glance: Mapping[str, str]
    steps: tuple[Step, ...]
    text: str
    questions: tuple[str, ...]
    sources: tuple[str, ...]
    checked_on: date

    def passages(self) -> Iterator[tuple[str, str]]:
        """Every text with the field that it stands in, in reading order."""
        yield "title", self.title
        yield "summary", self.summary
        yield from ((f"at_a_glance.{key}", words) for key, words in self.at_a_glance.items())
        for step in self.steps:
            yield f"steps.{step.key}.title", step.title
            yield f"steps.{step.key}.text", step.text
            yield f"steps.{step.key}.see", step.see
            yield f"steps.{step.key}.if_not", step.if_not
        yield "text", self.text


def read_text(body: Mapping[str, Any]) -> ArticleText:
    """The article that a body says. Raises Refused with everything that is missing or malformed."""
    findings: list[Finding] = []
    for field in ("title", "summary"):
        if not str(body.get(field) or "").strip():
            findings.append(Finding("field-empty", field))
    for field in ("steps", "questions", "sources"):
        if not isinstance(body.get(field) or [], list):
            findings.append(Finding("field-not-a-list", field))
    glance = body.get("at_a_glance") or {}
    if glance and (not isinstance(glance, Mapping) or not all(str(glance.get(key) or "").strip() for key in GLANCE)):
        findings.append(Finding("glance-incomplete", "at_a_glance", details={"keys": ", ".join(GLANCE)}))
    steps: list[Step] = []
    rows = body.get("steps")
    for number, row in enumerate(rows if isinstance(rows, list) else (), start=1):
        try:
            steps.append(read_step(row, number))
        except Refused as refused:
            findings += refused.findings
    keys = [step.key for step in steps]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        findings.append(Finding("step-key-twice", "steps", details={"key": key}))
    try:
        checked_on = date.fromisoformat(str(body.get("checked_on")))
    except ValueError:
        checked_on = date.min
        findings.append(Finding("date-malformed", "checked_on", details={"value": str(body.get("checked_on"))}))
    if findings:
        raise Refused(findings)
    return ArticleText(
        title=str(body["title"]).strip(),
        summary=str(body["summary"]).strip(),
        at_a_glance={key: str(glance[key]).strip() for key in GLANCE} if glance else {},
        steps=tuple(steps),
        text=str(body.get("text") or ""),
        questions=tuple(str(question) for question in body.get("questions") or ()),
        sources=tuple(str(source) for source in body.get("sources") or ()),
        checked_on=checked_on,
    )
