"""What a template asks of a wizard page: the position in words, and every link as the address of its position."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles.addresses import resolve
from articles.markdown import fill, fill_plain, render, render_inline
from articles.models import Article
from articles.page import ArticlePage, ShownStep
from helpcenter.domain.facts import FactSheet
from helpcenter.domain.flows.bounds import Progress, progress
from helpcenter.domain.flows.graph import DONE, Choice, Flow, Graph, Outcome, Question, Step, Text, Way, expand
from helpcenter.domain.flows.replay import Answered, Position, choose, replay
from helpcenter.facts.sheets import sheet_at
from helpcenter.wizard.addresses import address
from helpcenter.wizard.flows import named


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """An answer that can be chosen, the address it leads to, and how many later answers it makes void."""

    key: str
    label: SafeString | str
    hint: SafeString | str
    href: str
    chosen: bool
    drops: int


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer that was given, and the address at which it can be changed."""

    question: SafeString | str
    answer: SafeString | str
    href: str


@dataclass(frozen=True, slots=True)
class FlowInWords:
    """A flow over the articles that it walks and names, by their names in it, in one language."""

    graph: Graph
    articles: dict[str, ArticlePage]
    sheet: FactSheet
    language: str


def in_words(flow: Flow, language: str, at: datetime) -> FlowInWords:
    """A flow over what readers of a language see at that instant."""
    sheet, readings = sheet_at(at), Article.objects.by_names(named(flow), language, at)
    steps = {name: [step.key for step in reading.text.steps] for name, reading in readings.items()}
    articles = {name: ArticlePage(reading, sheet) for name, reading in readings.items()}
    return FlowInWords(expand(flow, steps), articles, sheet, language)


@dataclass(frozen=True)
class WizardPage:
    """One page of the wizard: a question, a step of an article, or an outcome.

    `given` is what its address says, of which every link carries on what its own page may be asked.
    """

    told: FlowInWords
    position: Position
    given: Mapping[str, str] = field(default_factory=dict)
    base: str = ""

    @property
    def start(self) -> str:
        """The address of the first page, without answers."""
        return self.base or reverse("wizard:start")

    @property
    def node(self) -> Question | Step | Outcome:
        """What the page shows."""
        return self.position.node

    @property
    def kind(self) -> str:
        """question, step or outcome: which part of the template shows it."""
        return type(self.node).__name__.lower()

    @property
    def path(self) -> str:
        """The page's address without its answers, for a form that adds to them."""
        return self._address(self.position).partition("?")[0]

    @cached_property
    def plain_title(self) -> str:
        """The page's heading in plain words."""
        match self.node:
            case Step() as step:
                return fill_plain(self._step(step).step.title, self.told.sheet, self.told.language)
            case Question() | Outcome() as node:
                return fill_plain(node.title[self.told.language], self.told.sheet, self.told.language)

    @cached_property
    def title(self) -> SafeString:
        """The page's heading."""
        match self.node:
            case Step() as step:
                return self._step(step).title
            case Question() | Outcome() as node:
                return self._inline(node.title)

    @property
    def step(self) -> ShownStep | None:
        """The article's step, if the page shows one."""
        return self._step(self.node) if isinstance(self.node, Step) else None

    @property
    def article(self) -> ArticlePage | None:
        """The article whose step is shown."""
        return self.told.articles[self.node.article] if isinstance(self.node, Step) else None

    @property
    def progress(self) -> Progress:
        """Question 2 of at most 4."""
        return progress(self.told.graph, self.position)

    @property
    def asks_again(self) -> bool:
        """Whether steps were taken before: their reader has been asked already, and is counted anew."""
        return any(isinstance(answered.node, Step) for answered in self.position.trail)

    def help(self) -> SafeString | None:
        """How to find the answer."""
        return self._block(self.node.help) if isinstance(self.node, Question) and self.node.help else None

    def why(self) -> SafeString | None:
        """Why we ask."""
        return self._block(self.node.why) if isinstance(self.node, Question) and self.node.why else None

    def text(self) -> SafeString | None:
        """What an outcome says."""
        return self._block(self.node.text) if isinstance(self.node, Outcome) else None

    def checklist(self) -> list[SafeString]:
        """What to do and keep, as a list to print."""
        return [self._inline(item) for item in self.node.checklist] if isinstance(self.node, Outcome) else []

    def further(self) -> list[ArticlePage]:
        """What to read after an outcome, as far as it is live."""
        slugs = self.node.articles if isinstance(self.node, Outcome) else ()
        return [self.told.articles[slug] for slug in slugs if slug in self.told.articles]

    def choices(self) -> Iterator[ShownChoice]:
        """The answers, each with the address of the next page."""
        for way in self.told.graph.ways(self.node):
            after = choose(self.told.graph, self.position, way.key)
            yield ShownChoice(
                key=way.key,
                label=self._answer(way),
                hint=self._inline(way.hint) if isinstance(way, Choice) and way.hint else "",
                href=self._address(after),
                chosen=way == self.position.chosen,
                drops=len(after.dropped),
            )

    def back(self) -> str | None:
        """The address of the page before this one, with every answer kept."""
        return self._at(self.position.back.key) if self.position.back else None

    def onward(self) -> str | None:
        """The address of the furthest page, if the reader has come back to an earlier one."""
        furthest = self.position.furthest
        return self._at(furthest.key) if furthest != self.node else None

    def answers(self) -> Iterator[ShownAnswer]:
        """What was answered before this page."""
        for answered in self.position.trail:
            yield ShownAnswer(self._asked(answered), self._answer(answered.choice), self._at(answered.node.key))

    def _at(self, key: str) -> str:
        return self._address(replay(self.told.graph, dict(self.position.canonical), key))

    def _address(self, position: Position) -> str:
        return address(self.told.graph, position, self.given, base=self.base)

    def _asked(self, answered: Answered) -> SafeString:
        match answered.node:
            case Step() as step:
                return self._step(step).title
            case Question() as question:
                return self._inline(question.title)

    def _answer(self, way: Way) -> SafeString | str:
        if isinstance(way, Choice):
            return self._inline(way.label)
        return _("I did it") if way.key == DONE else _("I do not see this")

    def _step(self, step: Step) -> ShownStep:
        return next(shown for shown in self.told.articles[step.article].steps if shown.step.key == step.step)

    def _block(self, text: Text) -> SafeString:
        html = render(text[self.told.language])
        return fill(html, self.told.sheet, self.told.language, partial(resolve, language=self.told.language))

    def _inline(self, text: Text) -> SafeString:
        html = render_inline(text[self.told.language])
        return fill(html, self.told.sheet, self.told.language, partial(resolve, language=self.told.language))
