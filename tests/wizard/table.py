"""Where every path of the bundled flow ends, as a table for people to review: paths.txt.

Where the flow is meant to change, `python -m tests.wizard.table` writes it anew; the difference is what to review.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import frontmatter
import yaml

from helpcenter.domain.flows.changes import goes_well, legs
from helpcenter.domain.flows.graph import STUCK, Flow, Graph, Step, expand
from helpcenter.domain.flows.parsing import read_flow
from helpcenter.domain.flows.replay import paths

CONTENT = Path(__file__).resolve().parents[2] / "articles" / "content"
LANGUAGES = ("zh-hant", "en", "zh-hans")
TABLE = Path(__file__).with_name("paths.txt")


def bundled_flow() -> Flow:
    body = yaml.safe_load((CONTENT / "flow.yaml").read_text("utf-8"))
    return read_flow({"start": body["start"], "nodes": body["nodes"]}, languages=LANGUAGES)


def bundled_steps(language: str = LANGUAGES[0]) -> Mapping[str, Sequence[str]]:
    texts = {path.stem: frontmatter.load(str(path)) for path in (CONTENT / language).glob("*.md")}
    return {slug: tuple(step["key"] for step in text.get("steps", ())) for slug, text in texts.items()}


def bundled_graph() -> Graph:
    return expand(bundled_flow(), bundled_steps())


def rows() -> Iterator[str]:
    graph = bundled_graph()
    yield "# Every path on which all steps go well, and where it ends. [web] is the walk web through all its steps."
    yield from (f"{' '.join(leg.name for leg in legs(way))} -> {way.outcome}" for way in paths(graph) if goes_well(way))
    yield "# And where a reader goes on who does not see what a step says."
    for node in graph.nodes.values():
        if isinstance(node, Step):
            yield f"{node.key}=stuck -> {next(way.target for way in graph.ways(node) if way.key == STUCK)}"


if __name__ == "__main__":
    TABLE.write_text("\n".join(rows()) + "\n", "utf-8")
