"""The wizard's flow as data: questions with choices, walks through an article's steps, outcomes.

A flow names a walk once; `expand` puts the article's live steps in its place, so that what readers
follow (the graph) can never show a step that the article no longer has.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, assert_never

from helpcenter.domain.findings import Finding, Refused

KEY = re.compile(r"[a-z][a-z0-9-]*")
"""Keys of nodes and choices stand in addresses: once published, they outlive the words."""

DONE, STUCK = "done", "stuck"
"""What can be answered to a step: "I have done this", "I do not see this"."""

type Text = Mapping[str, str]  # language -> words


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question, and the node where it leads."""

    key: str
    label: Text
    target: str
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question on a page of its own. `help` says how to find the answer, `why` why we ask."""

    key: str
    title: Text
    choices: tuple[Choice, ...]
    help: Text | None = None
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk through the live steps of the article with the slug `article`, one step a page.

    After the last step it goes on to `done`; from a step that the reader cannot follow to what
    `stuck_at` says for that step, else to `stuck`.
    """

    key: str
    article: str
    done: str
    stuck: str
    stuck_at: Mapping[str, str] = field(default_factory=dict)


class Timeline(StrEnum):
    """Which dates an outcome explains: until the period ends, by when to cancel, until a refund arrives, or none."""

    PERIOD_END = "period-end"
    RENEWAL = "renewal"
    REFUND = "refund"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a reader arrives. `text` is Markdown, `articles` the slugs of what to read next."""

    key: str
    title: Text
    text: Text
    timeline: Timeline
    checklist: tuple[Text, ...] = ()
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """The flow as editors write it. It may be wrong in ways that `lint` finds."""

    start: str
    nodes: Mapping[str, Question | Walk | Outcome]
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Keys that readers may still have in their addresses: of a node (old: new), of an answer (node/old: new)."""


@dataclass(frozen=True, slots=True)
class Exit:
    """One answer to a step, DONE or STUCK, and the node where it leads.

    It has no words of its own: they are the same for every step.
    """

    key: str
    target: str


@dataclass(frozen=True, slots=True)
class Step:
    """The page of one step of a walk: the `number`-th (from 1) of `of`.

    `step` is its key within the article, `key` the one within the graph.
    """

    key: str
    walk: str
    article: str
    step: str
    number: int
    of: int
    choices: tuple[Exit, Exit]


type Way = Choice | Exit
type Asking = Question | Step  # a node that waits for an answer
type Node = Asking | Outcome


@dataclass(frozen=True, slots=True)
class Graph:
    """The flow as readers follow it. A target that is not among the nodes cannot be chosen."""

    start: str
    nodes: Mapping[str, Node]
    aliases: Mapping[str, str] = field(default_factory=dict)

    def ways(self, node: Node) -> tuple[Way, ...]:
        """The choices of a node that lead somewhere; an outcome has none."""
        match node:
            case Question() | Step():
                return tuple(way for way in node.choices if way.target in self.nodes)
            case Outcome():
                return ()
            case _:
                assert_never(node)

    @property
    def edges(self) -> Mapping[str, tuple[str, ...]]:
        """Where each node leads."""
        return {key: tuple(way.target for way in self.ways(node)) for key, node in self.nodes.items()}


def step_keys(walk: Walk, steps: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The keys of a walk's pages in the graph; `steps` are the live steps by article slug."""
    return tuple(f"{walk.key}-{step}" for step in steps.get(walk.article, ()))


def expand(flow: Flow, steps: Mapping[str, Sequence[str]]) -> Graph:
    """The graph that readers follow; `steps` are the keys of the live steps by article slug.

    Each walk becomes a chain of steps. The walk of an article without live steps (retired, say)
    falls out: who would go there goes to its `stuck`, never to its `done`, because nobody may be
    told that they have done what they could not do.
    """

    def entry(target: str) -> str:
        passed: set[str] = set()
        while isinstance(walk := flow.nodes.get(target), Walk) and target not in passed:
            if keys := step_keys(walk, steps):
                return keys[0]
            passed.add(target)
            target = walk.stuck
        return target

    def chain(walk: Walk) -> Iterator[Step]:
        keys = step_keys(walk, steps)
        following = (*keys, entry(walk.done))[1:]
        pages = zip(keys, steps.get(walk.article, ()), following, strict=True)
        for number, (key, step, onward) in enumerate(pages, 1):
            stuck = entry(walk.stuck_at.get(step, walk.stuck))
            exits = (Exit(DONE, onward), Exit(STUCK, stuck))
            yield Step(key, walk.key, walk.article, step, number, len(keys), exits)

    nodes: dict[str, Node] = {}
    for node in flow.nodes.values():
        match node:
            case Walk():
                nodes |= {step.key: step for step in chain(node)}
            case Question():
                choices = (replace(choice, target=entry(choice.target)) for choice in node.choices)
                nodes[node.key] = replace(node, choices=tuple(choices))
            case Outcome():
                nodes[node.key] = node
            case _:
                assert_never(node)
    return Graph(entry(flow.start), nodes, flow.aliases)


@dataclass(frozen=True, slots=True)
class Survey:
    """What can be reached: each node after all those it leads to, and each loop as it is walked.

    A loop is found once for each edge that leads back, from its last node to its first; leave those
    edges out and `order` is a topological order.
    """

    order: tuple[str, ...]
    loops: tuple[tuple[str, ...], ...]


def survey(edges: Mapping[str, Iterable[str]], starts: Iterable[str]) -> Survey:
    """Explore depth-first from `starts`.

    Without recursion: an editor's draft may be longer than Python's stack is deep.
    """
    order: dict[str, None] = {}
    loops: list[tuple[str, ...]] = []
    for start in starts:
        path = {} if start in order else {start: iter(dict.fromkeys(edges[start]))}
        while path:
            key = next(reversed(path))
            for target in path[key]:
                if target in path:
                    walked = tuple(path)
                    loops.append(walked[walked.index(target) :])
                elif target not in order:
                    path[target] = iter(dict.fromkeys(edges[target]))
                    break
            else:
                del path[key]
                order[key] = None
    return Survey(tuple(order), tuple(loops))


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
