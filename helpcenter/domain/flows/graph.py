"""The wizard's flow as data: questions with choices, walks through an article's steps, outcomes.

A flow names a walk once; `expand` puts the article's live steps in its place, so that what readers
follow (the graph) can never show a step that the article no longer has.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

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
