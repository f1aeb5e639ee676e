"""Where a reader stands, worked out anew from the answers in the address.

Not django-formtools: it keeps a cursor in the session, which Back, reload and a second tab
contradict.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from helpcenter.domain.flows.graph import STUCK, Asking, Graph, Node, Outcome, Way


class UnknownPage(Exception):
    """The graph has no node `key`."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


class UnknownChoice(Exception):
    """The node `node` has no choice `choice` that leads anywhere."""

    def __init__(self, node: str, choice: str) -> None:
        self.node = node
        self.choice = choice
        super().__init__(f"{node}: {choice}")


@dataclass(frozen=True, slots=True)
class Answered:
    """A question or step with the answer to it."""

    node: Asking
    choice: Way


@dataclass(frozen=True, slots=True)
class Position:
    """The page a reader sees, with the answers before it (`trail`) and from it on (`ahead`).

    Both are in the order of the path. `furthest` is as far as the answers lead. `dropped` are the
    answers that fit their question but do not lie on the path (any more).
    """

    node: Node
    trail: tuple[Answered, ...]
    ahead: tuple[Answered, ...]
    furthest: Node
    dropped: tuple[Answered, ...] = ()

    @property
    def canonical(self) -> tuple[tuple[str, str], ...]:
        """The answers that count, as (node key, choice key) in the order of the path.

        They are the query of this page's one right address.
        """
        answers = self.trail + self.ahead
        return tuple((answered.node.key, answered.choice.key) for answered in answers)

    @property
    def back(self) -> Node | None:
        """The page before this one; None on the first."""
        return self.trail[-1].node if self.trail else None

    @property
    def chosen(self) -> Way | None:
        """The answer already given on this page."""
        return self.ahead[0].choice if self.ahead else None


def replay(graph: Graph, answers: Mapping[str, str], requested: str | None) -> Position:
    """Follow `answers` from the start; show `requested` if it lies on that path, else the furthest.

    Without `requested`, the first page is shown. Answers that are unknown, invalid, off the path,
    or that would lead back to where the reader has been, count for nothing.
    Raises UnknownPage if the graph has no such node, or (in a draft that `lint` refuses) no start.
    """
    shown = graph.start if requested is None else requested
    for key in (graph.start, shown):
        if key not in graph.nodes:
            raise UnknownPage(key)
    given = {
        key: Answered(node, way)
        for key, choice in answers.items()
        if (node := graph.nodes.get(key)) and not isinstance(node, Outcome) and (way := _way(graph, node, choice))
    }
    path: dict[str, Answered] = {}
    at = graph.start
    while answered := given.get(at):
        if answered.choice.target in (at, *path):
            break
        path[at] = answered
        at = answered.choice.target
    visited = (*path, at)
    split = visited.index(shown) if shown in visited else len(path)
    on_path = tuple(path.values())
    return Position(
        node=graph.nodes[visited[split]],
        trail=on_path[:split],
        ahead=on_path[split:],
        furthest=graph.nodes[at],
        dropped=tuple(answered for key, answered in given.items() if key not in path),
    )


def current(graph: Graph, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers of an address by the keys that are used now. A key that is there wins over its alias."""
    renamed: dict[str, str] = {}
    for key, choice in answers.items():
        node = current_key(graph, key)
        renamed[node] = choice if _known(graph, node, choice) else graph.aliases.get(f"{node}/{choice}", choice)
    return renamed


def current_key(graph: Graph, key: str) -> str:
    """The key that a node has now; that of a step begins with the key of its walk."""
    if key in graph.nodes:
        return key
    for old, new in graph.aliases.items():
        if key == old:
            return new
        if key.startswith(f"{old}-") and (step := new + key.removeprefix(old)) in graph.nodes:
            return step
    return key


def _known(graph: Graph, key: str, choice: str) -> bool:
    node = graph.nodes.get(key)
    return node is not None and _way(graph, node, choice) is not None


def choose(graph: Graph, position: Position, choice: str) -> Position:
    """Where the choice with that key leads from the page shown: the next page, not the furthest.

    Later answers that still lie on the new path are kept, the others are its `dropped`.
    Raises UnknownChoice if the page has no such choice.
    """
    way = _way(graph, position.node, choice)
    if way is None:
        raise UnknownChoice(position.node.key, choice)
    return replay(graph, dict(position.canonical) | {position.node.key: choice}, way.target)


def _way(graph: Graph, node: Node, choice: str) -> Way | None:
    return next((way for way in graph.ways(node) if way.key == choice), None)


@dataclass(frozen=True, slots=True)
class Path:
    """One complete way through the graph: all answers, and the key of the outcome they lead to."""

    answers: tuple[Answered, ...]
    outcome: str


def paths(graph: Graph) -> Iterator[Path]:
    """Every path from the start to an outcome, in the order of the choices.

    No path meets a node twice. There can be very many; `bounds` measures them without listing them.
    """
    waiting: list[tuple[str, tuple[Answered, ...]]] = [(graph.start, ())]
    while waiting:
        key, answers = waiting.pop()
        node = graph.nodes.get(key)
        if node is None:  # a draft without a start
            return
        if isinstance(node, Outcome):
            yield Path(answers, key)
            continue
        met = {key, *(answered.node.key for answered in answers)}
        for way in reversed(graph.ways(node)):
            if way.target not in met:
                waiting.append((way.target, (*answers, Answered(node, way))))


def positions(graph: Graph, *, stuck: int) -> Iterator[Position]:
    """Every page by every way forward on which at most so many steps cannot be followed, the shortest ways first.

    Of pages to which somebody has gone back there are far more; none of them is here.
    """
    waiting = deque([replay(graph, {}, None)])
    while waiting:
        position = waiting.popleft()
        yield position
        met = {position.node.key, *(answered.node.key for answered in position.trail)}
        stuck_before = sum(answered.choice.key == STUCK for answered in position.trail)
        for way in graph.ways(position.node):
            if way.target not in met and stuck_before + (way.key == STUCK) <= stuck:
                waiting.append(choose(graph, position, way.key))
