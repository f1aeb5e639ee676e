"""A step is one action of an article. The article shows all of them, the wizard one at a time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from helpcenter.domain.findings import Finding, Refused

KEY = re.compile(r"[a-z][a-z0-9-]*")

DRAWINGS = (
    "sign-in",
    "sidebar",
    "cancel-button",
    "confirm-dialog",
    "discord-command",
    "discord-link",
    "mail-foot",
    "portal-email",
    "portal-cancel",
    "refund-choice",
    "paused-plan",
    "other-browser",
)
"""The symbols in static/img/drawings.svg: where on the screen the thing is."""


@dataclass(frozen=True, slots=True)
class Step:
    """One action: what to do, what you should see then, and what to do if you do not.

    `key` is the same in every language and never changes: the wizard's addresses are made of it.
    """

    key: str
    title: str
    text: str
    see: str
    if_not: str
    drawing: str = ""
    alt: str = ""
    picture: str = ""


def read_step(row: Any, number: int) -> Step:
    """The step that a row of a body says. Raises Refused with everything that is missing or malformed."""
    if not isinstance(row, Mapping):
        raise Refused([Finding("step-malformed", f"steps.{number}")])
    findings = [
        Finding("field-empty", f"steps.{number}.{field}")
        for field in ("title", "text", "see", "if_not")
        if not str(row.get(field) or "").strip()
    ]
    key = str(row.get("key") or "")
    if not KEY.fullmatch(key):
        findings.append(Finding("step-key-malformed", f"steps.{number}.key", details={"key": key}))
    drawing = str(row.get("drawing") or "")
    if drawing and drawing not in DRAWINGS:
        findings.append(Finding("drawing-unknown", f"steps.{number}.drawing", details={"drawing": drawing}))
    picture = str(row.get("picture") or "")
    if drawing and picture:
        findings.append(Finding("picture-and-drawing", f"steps.{number}.picture"))
    if (drawing or picture) and not str(row.get("alt") or "").strip():
        findings.append(Finding("field-empty", f"steps.{number}.alt"))
    if findings:
        raise Refused(findings)
    words = {name: str(row.get(name) or "").strip() for name in ("title", "text", "see", "if_not", "alt")}
    return Step(key=key, drawing=drawing, picture=picture, **words)
