"""What a flow's nodes, answers and paths are called at the desk: by their own words, not by their keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from articles.markdown import fill_plain
from articles.models import Article
from articles.reading import Reading
from helpcenter.domain.facts import FactSheet
from helpcenter.domain.flows.changes import WRONG, Edge, Leg, Way
from helpcenter.domain.flows.graph import DONE, Choice, Flow, Graph, Outcome, Question, Step, Text, Walk
from helpcenter.facts.sheets import languages, sheet_at
from helpcenter.wizard.flows import named

MISSING = "…"
"""Stands in a draft for words that nobody has written yet."""

NEXT = " › "


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of some flows in a language; of a walk, the title of its article."""

    nodes: Mapping[str, Question | Walk | Outcome]
    articles: Mapping[str, Reading]
    sheet: FactSheet
    language: str

    def node(self, key: str) -> str:
        """What a node asks or says; its key while it has no words."""
        match self.nodes.get(key):
            case Question() | Outcome() as node:
                return self._words(node.title, key)
            case Walk() as walk:
                return self._article(walk.article)
            case _:
                return key

    def page(self, key: str, graph: Graph) -> str:
        """What a page of the wizard asks or says; of a step, its article and its own title."""
        match graph.nodes.get(key):
            case Step() as step:
                return f"{self._article(step.article)}{NEXT}{self._step(step.article, step.step)}"
            case _:
                return self.node(key)

    def answer(self, edge: Edge) -> str:
        """What an answer says."""
        match self.nodes.get(edge.node):
            case Question() as question:
                found = next((choice for choice in question.choices if choice.key == edge.answer), None)
                return self._words(found.label, edge.answer) if found else edge.answer
            case Walk() as walk:
                said = _("I did it") if edge.answer == DONE else _("I do not see this")
                return f"{said}: {self._step(walk.article, edge.step)}" if edge.step else said
            case _:
                return edge.answer

    def end(self, key: str | None) -> str:
        """The outcome at which a path ends; a dash where there is no such path."""
        return self.node(key) if key else "–"

    def path(self, way: Way) -> str:
        """The answers on a path, one after the other."""
        return NEXT.join(self._leg(leg) for leg in way.legs)

    def _leg(self, leg: Leg) -> str:
        if isinstance(leg.node, Question):
            return self._words(leg.choice.label, leg.choice.key) if isinstance(leg.choice, Choice) else leg.choice.key
        title = self._article(leg.node.article)
        if leg.choice.key == DONE:
            return title
        return f"{title} {WRONG} {self._step(leg.node.article, leg.step) if leg.step else ''}".rstrip()

    def _article(self, slug: str) -> str:
        return self._filled(self.articles[slug].text.title) if slug in self.articles else slug

    def _step(self, slug: str, key: str) -> str:
        steps = self.articles[slug].text.steps if slug in self.articles else ()
        return next((self._filled(step.title) for step in steps if step.key == key), key)

    def _words(self, text: Text, key: str) -> str:
        """A text in the editor's language, else in the first that has it, else the key."""
        written = (text.get(code, MISSING) for code in (self.language, *languages()))
        return next((self._filled(words) for words in written if words != MISSING), key)

    def _filled(self, words: str) -> str:
        return fill_plain(words, self.sheet, self.language)


def labels_at(at: datetime, language: str, *flows: Flow | None) -> Labels:
    """The words of flows over the articles and facts that are live at that instant; the last flow's come first."""
    there = [flow for flow in flows if flow]
    nodes = {key: node for flow in there for key, node in flow.nodes.items()}
    return Labels(nodes, Article.objects.by_names(named(*there), language, at), sheet_at(at), language)
