"""What differs between two flows: the answers that are new, lead elsewhere, or are gone; where whole paths end."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from helpcenter.domain.flows.graph import (
    DONE,
    STUCK,
    Asking,
    Choice,
    Exit,
    Flow,
    Graph,
    Outcome,
    Question,
    Step,
    Walk,
)
from helpcenter.domain.flows.replay import Path, paths

LOOKED_AT = 20
"""Paths looked at for each that is listed: those that differ only in the step that goes wrong are listed as one."""


WRONG = "✗"
"""Stands for a step at which a reader does not see what it says."""


class Mark(StrEnum):
    """What became of an answer."""

    SAME = ""
    NEW = "+"
    CHANGED = "≠"
    REMOVED = "−"


@dataclass(frozen=True, slots=True)
class Edge:
    """An answer at a node, and the node where it leads; `step` if it is the one to a single step of a walk."""

    node: str
    answer: str
    target: str
    step: str = ""
    mark: Mark = Mark.SAME

    @property
    def name(self) -> str:
        """The answer by its keys."""
        return f"{self.answer}: {self.step}" if self.step else self.answer


def edges(flow: Flow) -> Iterator[Edge]:
    """Every answer of a flow; those to a walk are done, stuck, and stuck at one of its steps."""
    for key, node in flow.nodes.items():
        match node:
            case Question():
                yield from (Edge(key, choice.key, choice.target) for choice in node.choices)
            case Walk():
                yield Edge(key, DONE, node.done)
                yield Edge(key, STUCK, node.stuck)
                yield from (Edge(key, STUCK, target, step) for step, target in node.stuck_at.items())
            case Outcome():
                pass


def changed_edges(before: Flow | None, after: Flow) -> list[Edge]:
    """The answers of the new flow, marked, and those that are gone; unmarked where there is nothing to compare with."""
    if before is None:
        return list(edges(after))
    old = {(edge.node, edge.name): edge for edge in edges(before)}
    new = {(edge.node, edge.name): edge for edge in edges(after)}

    def mark(key: tuple[str, str], edge: Edge) -> Mark:
        if key not in old:
            return Mark.NEW
        return Mark.SAME if old[key].target == edge.target else Mark.CHANGED

    return [
        *(replace(edge, mark=mark(key, edge)) for key, edge in new.items()),
        *(replace(edge, mark=Mark.REMOVED) for key, edge in old.items() if key not in new),
    ]


@dataclass(frozen=True, slots=True)
class Leg:
    """A question with its answer, or a whole walk with how it ended; `step` if it went wrong at one that counts."""

    node: Asking
    choice: Choice | Exit
    step: str = ""

    @property
    def name(self) -> str:
        """The leg by its keys."""
        if isinstance(self.node, Question):
            return f"{self.node.key}={self.choice.key}"
        wrong = f" {WRONG}" if self.choice.key == STUCK else ""
        return f"[{self.node.walk}{wrong}{self.step and f' {self.step}'}]"


@dataclass(frozen=True, slots=True)
class Way:
    """One path, and the outcome that it ends at, before and after; None where there is no such path."""

    legs: tuple[Leg, ...]
    before: str | None
    after: str | None

    @property
    def name(self) -> str:
        """The path by its keys."""
        return " ".join(leg.name for leg in self.legs)

    @property
    def mark(self) -> Mark:
        """What became of it."""
        if self.before == self.after:
            return Mark.SAME
        if self.before is None:
            return Mark.NEW
        return Mark.REMOVED if self.after is None else Mark.CHANGED


def compared_paths(before: Graph | None, after: Graph, *, most: int) -> tuple[list[Way], bool]:
    """Every path and where it ends; whether there are more than `most` in either flow."""
    old, more_old = _ends(before, most) if before else ({}, False)
    new, more_new = _ends(after, most)

    def end(found: dict[str, _End], name: str) -> str | None:
        return found[name][1] if name in found else None

    ways = [
        Way((new.get(name) or old[name])[0], end(old, name), end(new, name)) for name in dict.fromkeys([*new, *old])
    ]
    return ways, more_old or more_new


type _End = tuple[tuple[Leg, ...], str]


def _ends(graph: Graph, most: int) -> tuple[dict[str, _End], bool]:
    looked_at, counts = list(islice(paths(graph), most * LOOKED_AT)), _steps_that_count(graph)
    found: dict[str, _End] = {}
    for path in looked_at:
        walked = legs(path, counts)
        found[" ".join(leg.name for leg in walked)] = walked, path.outcome
    return dict(islice(found.items(), most)), len(found) > most or len(looked_at) == most * LOOKED_AT


def _steps_that_count(graph: Graph) -> frozenset[str]:
    """The steps that lead elsewhere, if they go wrong, than most of their walk."""
    steps = [node for node in graph.nodes.values() if isinstance(node, Step)]
    targets = {step.key: next(way.target for way in step.choices if way.key == STUCK) for step in steps}
    usual = {
        walk: Counter(targets[step.key] for step in steps if step.walk == walk).most_common(1)[0][0]
        for walk in {step.walk for step in steps}
    }
    return frozenset(step.key for step in steps if targets[step.key] != usual[step.walk])


def goes_well(path: Path) -> bool:
    """Whether every step on it is answered with "I did it"."""
    return all(each.choice.key == DONE for each in path.answers if isinstance(each.node, Step))


def legs(path: Path, counts: Collection[str] = ()) -> tuple[Leg, ...]:
    """A path with each walk as one; `counts` are the keys of the steps that are named if they go wrong."""
    last: dict[str, Leg] = {}
    for each in path.answers:
        if isinstance(each.node, Question):
            last[each.node.key] = Leg(each.node, each.choice)
        else:
            named = each.choice.key == STUCK and each.node.key in counts
            last[each.node.walk] = Leg(each.node, each.choice, each.node.step if named else "")
    return tuple(last.values())
