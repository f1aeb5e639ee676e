"""What differs between two flows: the answers that are new, lead elsewhere, or are gone; where whole paths end."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from types import MappingProxyType

from helpcenter.domain.flows.graph import DONE, STUCK, Flow, Graph, Outcome, Question, Step, Walk
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
    """An answer at a node, and the node where it leads."""

    node: str
    answer: str
    target: str
    mark: Mark = Mark.SAME


def edges(flow: Flow) -> Iterator[Edge]:
    """Every answer of a flow; those to a walk are done, stuck, and stuck at one of its steps."""
    for key, node in flow.nodes.items():
        match node:
            case Question():
                yield from (Edge(key, choice.key, choice.target) for choice in node.choices)
            case Walk():
                yield Edge(key, "done", node.done)
                yield Edge(key, "stuck", node.stuck)
                yield from (Edge(key, f"stuck: {step}", target) for step, target in node.stuck_at.items())
            case Outcome():
                pass


def changed_edges(before: Flow | None, after: Flow) -> list[Edge]:
    """The answers of the new flow, marked, and those that are gone; unmarked where there is nothing to compare with."""
    if before is None:
        return list(edges(after))
    old = {(edge.node, edge.answer): edge.target for edge in edges(before)}
    new = list(edges(after))

    def mark(edge: Edge) -> Mark:
        if (edge.node, edge.answer) not in old:
            return Mark.NEW
        return Mark.SAME if old[edge.node, edge.answer] == edge.target else Mark.CHANGED

    there = {(edge.node, edge.answer) for edge in new}
    gone = [(*key, target) for key, target in old.items() if key not in there]
    return [
        *(Edge(edge.node, edge.answer, edge.target, mark(edge)) for edge in new),
        *(Edge(node, answer, target, Mark.REMOVED) for node, answer, target in gone),
    ]


@dataclass(frozen=True, slots=True)
class Way:
    """One path in words, and the outcome that it ends at, before and after; None where there is no such path."""

    answers: str
    before: str | None
    after: str | None


def compared_paths(before: Graph | None, after: Graph, *, most: int) -> tuple[list[Way], bool]:
    """Every path and where it ends; whether there are more than `most` in either flow."""
    old, more_old = _ends(before, most) if before else ({}, False)
    new, more_new = _ends(after, most)
    ways = [Way(words, old.get(words), new.get(words)) for words in dict.fromkeys([*new, *old])]
    return ways, more_old or more_new


def _ends(graph: Graph, most: int) -> tuple[dict[str, str], bool]:
    looked_at, stuck = list(islice(paths(graph), most * LOOKED_AT)), _stuck(graph)
    found = {in_words(path, stuck): path.outcome for path in looked_at}
    return dict(islice(found.items(), most)), len(found) > most or len(looked_at) == most * LOOKED_AT


def _stuck(graph: Graph) -> dict[str, str]:
    """What is said of each step that goes wrong: steps of one walk alike, but for those that lead elsewhere."""
    steps = [node for node in graph.nodes.values() if isinstance(node, Step)]
    targets = {step.key: next(way.target for way in step.choices if way.key == STUCK) for step in steps}
    usual = {
        walk: Counter(targets[step.key] for step in steps if step.walk == walk).most_common(1)[0][0]
        for walk in {step.walk for step in steps}
    }
    return {step.key: WRONG if targets[step.key] == usual[step.walk] else f"{WRONG} {step.step}" for step in steps}


def goes_well(path: Path) -> bool:
    """Whether every step on it is answered with "I did it"."""
    return all(each.choice.key == DONE for each in path.answers if isinstance(each.node, Step))


def in_words(path: Path, stuck: Mapping[str, str] = MappingProxyType({})) -> str:
    """The questions with their answers, and each walk once; `stuck` says by step key what is said if one goes wrong."""
    said: dict[str, None] = {}
    for each in path.answers:
        if isinstance(each.node, Question):
            said[f"{each.node.key}={each.choice.key}"] = None
        elif each.choice.key == DONE:
            said[f"[{each.node.walk}]"] = None
        else:
            said.pop(f"[{each.node.walk}]", None)
            said[f"[{each.node.walk} {stuck.get(each.node.key, WRONG)}]"] = None
    return " ".join(said)
