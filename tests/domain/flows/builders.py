"""Made-up flows: a small one to tell stories with, and any at all for properties."""

from collections.abc import Mapping, Sequence
from itertools import cycle

from hypothesis import strategies as st

from helpcenter.domain.flows.graph import (
    Choice,
    Flow,
    Graph,
    Outcome,
    Question,
    Timeline,
    Walk,
    expand,
)

LANGUAGES = ("zh-hant", "en")
STEPS: Mapping[str, Sequence[str]] = {"cancel-web": ("sign-in", "manage", "confirm"), "retired": ()}


def words(text: str) -> dict[str, str]:
    return {language: f"{text} ({language})" for language in LANGUAGES}


def question(key: str, **leads_to: str) -> Question:
    choices = tuple(Choice(choice, words(choice), target) for choice, target in leads_to.items())
    return Question(key, words(key), choices)


def outcome(key: str) -> Outcome:
    return Outcome(key, words(key), words("text"), Timeline.NONE, checklist=(words("look"),))


def a_flow(*nodes: Question | Walk | Outcome, start: str | None = None) -> Flow:
    """It starts at its first node."""
    return Flow(nodes[0].key if start is None else start, {node.key: node for node in nodes})


def cancelling(*changed: Question | Walk | Outcome, without: str = "", start: str = "biller") -> Flow:
    """A small flow without a fault, in which `changed` nodes replace those of the same key.

    biller ─ midjourney → access ─ yes → web (walk) ─ done → used ─ lots → cancelled
       │                    │             ├ stuck → obstacle      └ little → refund
       └ store → elsewhere  └ no → obstacle ─ email → used, none → elsewhere
    """
    nodes = {
        node.key: node
        for node in (
            question("biller", midjourney="access", store="elsewhere"),
            question("access", yes="web", no="obstacle"),
            Walk("web", "cancel-web", "used", "obstacle", {"sign-in": "elsewhere"}),
            question("obstacle", email="used", none="elsewhere"),
            question("used", lots="cancelled", little="refund"),
            outcome("cancelled"),
            outcome("refund"),
            outcome("elsewhere"),
            *changed,
        )
    }
    nodes.pop(without, None)
    return Flow(start, nodes)


def cancelling_graph() -> Graph:
    return expand(cancelling(), STEPS)


ANY_STEPS: Mapping[str, Sequence[str]] = {"long": ("a", "b", "c"), "short": ("a",), "retired": ()}
ANY_KEYS = ("n0", "n1", "n2", "n3", "n4", "n5", "n1-a", "n2-b", "v")
CHOICES = ("x", "y", "z")

# Strategies are made once, here: to make them anew for each example takes longer than the tests.
_rows = st.tuples(
    st.sampled_from(("question", "question", "long", "short", "retired", "unknown", "outcome")),
    st.lists(st.integers(0, len(ANY_KEYS)), min_size=3, max_size=3),
    st.integers(0, 3),
)
_any_rows = st.dictionaries(st.sampled_from(ANY_KEYS), _rows, max_size=8)
_some_rows = st.lists(_rows, max_size=7)
_picks = st.lists(st.integers(0, 3), min_size=12, max_size=12)
_odd_answers = st.dictionaries(
    st.sampled_from((*ANY_KEYS, "n1-b", "nowhere")) | st.text(max_size=3),
    st.sampled_from((*CHOICES, "done", "stuck")) | st.text(max_size=3),
    max_size=4,
)

type Row = tuple[str, Sequence[int], int]


def _node(key: str, row: Row, targets: Sequence[str]) -> Question | Walk | Outcome:
    kind, numbers, size = row
    first, second, third = (targets[number % len(targets)] for number in numbers)
    match kind:
        case "question":
            return question(key, **dict(zip(CHOICES[:size], (first, second, third), strict=False)))
        case "outcome":
            return outcome(key)
        case article:
            return Walk(key, article, first, second, {"b": third} if size else {})


@st.composite
def any_flows(draw: st.DrawFn) -> Flow:
    """Flows with all that can be wrong: loops, missing targets and starts, colliding keys."""
    targets = (*ANY_KEYS, "nowhere")
    nodes = {key: _node(key, row, targets) for key, row in draw(_any_rows).items()}
    return Flow(draw(st.sampled_from((*nodes, "nowhere"))), nodes)


@st.composite
def sound_graphs(draw: st.DrawFn) -> Graph:
    """Graphs that lead forward only: every path ends in an outcome."""
    rows = draw(_some_rows)
    keys = [f"n{number}" for number in range(len(rows) + 1)]
    nodes: dict[str, Question | Walk | Outcome] = {keys[-1]: outcome(keys[-1])}
    for number, (kind, targets, size) in enumerate(rows):
        row = (kind, targets, max(size, 1))
        nodes[keys[number]] = _node(keys[number], row, keys[number + 1 :])
    return expand(Flow("n0", nodes), ANY_STEPS)


@st.composite
def any_answers(draw: st.DrawFn, graph: Graph) -> dict[str, str]:
    """Answers that mostly fit the graph, and whatever else somebody may write into an address."""
    answers = draw(_odd_answers)
    for pick, node in zip(cycle(draw(_picks)), graph.nodes.values(), strict=False):
        ways = graph.ways(node)
        if pick < len(ways):
            answers[node.key] = ways[pick].key
    return answers
