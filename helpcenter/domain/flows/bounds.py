"""How much is still to come: what "question 2 of at most 4" may promise."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from helpcenter.domain.flows.graph import Graph, Node, Question, survey
from helpcenter.domain.flows.replay import Position


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many pages the shortest and the longest path to an outcome have."""

    fewest: int
    most: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What "question 2 of at most 4" says. From question to question `at_most` never grows."""

    question: int
    at_most: int


def bounds(graph: Graph, key: str) -> Bounds:
    """How many questions are still to come from the node `key` on, itself included.

    Steps and outcomes are no questions. Loops (in a draft that `lint` refuses) are counted as if
    the edge that leads back did not exist.
    """
    return _measure(graph, [key], _is_question)[key]


def in_a_row(graph: Graph, key: str) -> Bounds:
    """How many questions follow one another from the node `key` on, itself included, until a step or an outcome."""
    return _measure(graph, [key], _is_question, unbroken=True)[key]


def longest_row(graph: Graph) -> tuple[int, str]:
    """The most questions that follow one another without a step between, and the node that they begin at."""
    rows = _measure(graph, graph.nodes, _is_question, unbroken=True)
    return max((row.most, key) for key, row in rows.items())


def progress(graph: Graph, position: Position) -> Progress:
    """How far the reader is in the questions before the next steps. A reader who got stuck at a step starts anew.

    Only these are counted: what may be asked after a step goes wrong would frighten those for whom it goes well.
    """
    answered = 0
    for each in reversed(position.trail):
        if not isinstance(each.node, Question):
            break
        answered += 1
    return Progress(
        question=answered + isinstance(position.node, Question),
        at_most=answered + in_a_row(graph, position.node.key).most,
    )


def longest_query(graph: Graph) -> int:
    """The length in characters of the longest query that a reader's address can have."""
    lengths: dict[str, int] = {}
    for key in survey(graph.edges, [graph.start]).order:
        ways = [way for way in graph.ways(graph.nodes[key]) if way.target in lengths]
        lengths[key] = max((len(f"&{key}={way.key}") + lengths[way.target] for way in ways), default=0)
    return max(0, lengths[graph.start] - 1)  # the first answer has no "&"


def _is_question(node: Node) -> bool:
    return isinstance(node, Question)


def _measure(
    graph: Graph, keys: Iterable[str], counts: Callable[[Node], bool], *, unbroken: bool = False
) -> dict[str, Bounds]:
    measured: dict[str, Bounds] = {}
    for each in survey(graph.edges, keys).order:
        node = graph.nodes[each]
        onward = [measured[way.target] for way in graph.ways(node) if way.target in measured]
        if unbroken and not counts(node):
            onward = []
        itself = int(counts(node))
        measured[each] = Bounds(
            fewest=itself + min((after.fewest for after in onward), default=0),
            most=itself + max((after.most for after in onward), default=0),
        )
    return measured
