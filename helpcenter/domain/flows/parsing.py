"""A flow from what was typed or brought in a file, with everything that is wrong with it at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpcenter.domain.findings import Finding, Refused
from helpcenter.domain.flows.graph import KEY, Choice, Flow, Outcome, Question, Text, Timeline, Walk

FIELDS = {
    "question": {"question", "help", "why", "choices"},
    "walk": {"walk", "done", "stuck", "stuck_at"},
    "outcome": {"outcome", "text", "timeline", "checklist", "articles"},
}


def read_flow(body: Any, *, languages: Iterable[str]) -> Flow:
    """The flow that a revision's body (or a bundled file) describes.

    Raises Refused with a finding for each wrong shape, malformed key and text that lacks one of
    `languages`. Whether the nodes make sense together is for `lint`.
    """
    return _Reader(tuple(languages)).flow(body)


@dataclass(slots=True)
class _Reader:
    """Reads on after a finding, with any value in its place, so that editors see all at once."""

    languages: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, code: str, where: str, **details: str) -> None:
        self.findings.append(Finding(code, where, details=details))

    def flow(self, body: Any) -> Flow:
        fields = self.mapping(body, "flow")
        start = self.key(fields.get("start"), "start")
        rows = self.mapping(fields.get("nodes"), "nodes")
        nodes = {str(key): self.node(self.key(key, str(key)), row) for key, row in rows.items()}
        aliases = {
            "/".join(self.key(part, f"aliases.{old}") for part in str(old).split("/")): self.key(new, f"aliases.{old}")
            for old, new in self.mapping(fields.get("aliases", {}), "aliases").items()
        }
        if self.findings:
            raise Refused(self.findings)
        return Flow(start, nodes, aliases)

    def node(self, key: str, row: Any) -> Question | Walk | Outcome:
        fields = row if isinstance(row, Mapping) else {}
        kinds = [kind for kind in FIELDS if kind in fields]
        if len(kinds) != 1:
            self.refuse("flow-kind-unknown", key, allowed=", ".join(FIELDS))
            return Walk(key, "", "", "")
        self.known(fields, FIELDS[kinds[0]], key)
        match kinds[0]:
            case "question":
                rows = self.mapping(fields.get("choices"), f"{key}.choices")
                return Question(
                    key,
                    self.text(fields["question"], f"{key}.question"),
                    tuple(self.choice(choice, row, f"{key}.choices.{choice}") for choice, row in rows.items()),
                    self.optional_text(fields.get("help"), f"{key}.help"),
                    self.optional_text(fields.get("why"), f"{key}.why"),
                )
            case "walk":
                stuck_at = self.mapping(fields.get("stuck_at", {}), f"{key}.stuck_at")
                return Walk(
                    key,
                    self.chosen(fields["walk"], f"{key}.walk"),
                    self.chosen(fields.get("done"), f"{key}.done"),
                    self.chosen(fields.get("stuck"), f"{key}.stuck"),
                    {
                        self.key(step, f"{key}.stuck_at"): self.key(target, f"{key}.stuck_at.{step}")
                        for step, target in stuck_at.items()
                    },
                )
            case _:
                checklist = self.items(fields.get("checklist", []), f"{key}.checklist")
                articles = self.items(fields.get("articles", []), f"{key}.articles")
                return Outcome(
                    key,
                    self.text(fields["outcome"], f"{key}.outcome"),
                    self.text(fields.get("text"), f"{key}.text"),
                    self.timeline(fields.get("timeline"), f"{key}.timeline"),
                    tuple(self.text(item, f"{key}.checklist.{n}") for n, item in enumerate(checklist, 1)),
                    tuple(self.key(slug, f"{key}.articles.{n}") for n, slug in enumerate(articles, 1)),
                )

    def choice(self, key: Any, row: Any, where: str) -> Choice:
        fields = self.mapping(row, where)
        self.known(fields, {"label", "hint", "to"}, where)
        return Choice(
            self.key(key, where),
            self.text(fields.get("label"), f"{where}.label"),
            self.chosen(fields.get("to"), f"{where}.to"),
            self.optional_text(fields.get("hint"), f"{where}.hint"),
        )

    def timeline(self, value: Any, where: str) -> Timeline:
        try:
            return Timeline(value)
        except ValueError:
            self.refuse("flow-timeline-unknown", where, value=str(value), allowed=", ".join(Timeline))
            return Timeline.NONE

    def text(self, value: Any, where: str) -> Text:
        if not isinstance(value, Mapping):
            self.refuse("flow-text-missing", where, languages=", ".join(self.languages))
            return {}
        words = {language: value.get(language) for language in self.languages}
        texts = {language: text.strip() for language, text in words.items() if isinstance(text, str)}
        if missing := [language for language in self.languages if not texts.get(language)]:
            self.refuse("flow-text-missing", where, languages=", ".join(missing))
        return texts

    def optional_text(self, value: Any, where: str) -> Text | None:
        return None if value is None else self.text(value, where)

    def key(self, value: Any, where: str) -> str:
        # YAML reads a bare `yes` or `no` as a boolean: it ends here, as a malformed key.
        if not (isinstance(value, str) and KEY.fullmatch(value)):
            self.refuse("flow-key-malformed", where, key=str(value))
        return str(value)

    def chosen(self, value: Any, where: str) -> str:
        if value == "":
            self.refuse("flow-not-chosen", where)
            return ""
        return self.key(value, where)

    def mapping(self, value: Any, where: str) -> Mapping[Any, Any]:
        if isinstance(value, Mapping):
            return value
        self.refuse("flow-shape-wrong", where, expected="mapping")
        return {}

    def items(self, value: Any, where: str) -> Sequence[Any]:
        if isinstance(value, list | tuple):
            return value
        self.refuse("flow-shape-wrong", where, expected="list")
        return ()

    def known(self, fields: Mapping[Any, Any], allowed: Iterable[str], where: str) -> None:
        for name in fields:
            if name not in allowed:
                self.refuse("flow-field-unknown", where, field=str(name), allowed=", ".join(sorted(allowed)))
