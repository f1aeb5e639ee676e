"""What the API answers, field by field: the source of its OpenAPI description."""

from datetime import date, datetime
from decimal import Decimal

from ninja import Field, Schema


class Problem(Schema):
    """There is no such thing."""

    detail: str


class Mistake(Schema):
    """What is wrong with one thing that was sent."""

    type: str
    loc: list[str | int] = Field(description="Where it was sent: path or query, and its name.")
    msg: str


class Mistakes(Schema):
    """What was sent cannot be read."""

    detail: list[Mistake]


class Brief(Schema):
    """An article in a list."""

    slug: str
    language: str = Field(description="Of the text: another than was asked for where nobody has translated it yet.")
    title: str
    summary: str = Field(description="Without markup.")
    topic: str
    path: str = Field(description="The cancellation path that it is about: web, discord, email; else empty.")
    version: int
    live_since: datetime
    address: str
    markdown_address: str


class Step(Schema):
    """One step, as Markdown: what to do, what one sees then, what to do if not."""

    key: str
    title: str
    text: str
    see: str
    if_not: str


class Article(Brief):
    """An article, with the facts filled in and links whole. All texts are Markdown."""

    last_checked: date
    facts_version: int
    at_a_glance: dict[str, str]
    steps: list[Step]
    text: str
    sources: list[str]
    markdown: str = Field(description="The whole of it, to the letter as under markdown_address.")


class Version(Schema):
    """A version that readers have seen."""

    number: int
    live_since: datetime
    note: str
    significance: str
    address: str


class Result(Schema):
    """An article that answers a question, and the place in it."""

    article: Brief
    place: str = Field(description="The heading or step that answers; empty if it is the whole article.")
    address: str
    excerpt: str


class Found(Schema):
    """What a question finds, best first; `near` if nothing does."""

    question: str
    results: list[Result]
    near: list[Result]


class Fact(Schema):
    """A value that the provider may change."""

    key: str
    kind: str
    value: str | dict[str, str] = Field(description="As it is typed; of kind text one for each language.")
    shown: dict[str, str] = Field(description="As readers of each language see it.")
    source: str
    checked_on: date


class Sheet(Schema):
    """All facts as they stand together in one version of the sheet."""

    version: int
    facts: list[Fact]


class Condition(Schema):
    """One condition of a rule: fewer than `below` of it."""

    metric: str
    scope: str
    below: Decimal
    used: Decimal | None
    met: bool | None


class Rule(Schema):
    """What a rule says of what was used."""

    verdict: str
    combine: str
    conditions: list[Condition]


class Assessment(Schema):
    """The answer of the refund check by the rule of this guide and by the provider's own, stricter one."""

    facts_version: int
    this_guide: Rule
    provider: Rule


class Choice(Schema):
    """An answer to a question."""

    key: str
    label: str
    hint: str
    to: str


class Node(Schema):
    """A page of the wizard: a question with choices, a walk through an article's steps, or an outcome."""

    key: str
    kind: str
    title: str = ""
    text: str = ""
    choices: list[Choice] = []
    article: str = ""
    steps: list[str] = []
    done: str = ""
    stuck: str = ""
    stuck_at: dict[str, str] = {}
    checklist: list[str] = []
    articles: list[str] = []


class Flow(Schema):
    """The wizard's flow over the live articles. Texts are Markdown with the facts filled in."""

    version: int
    start: str
    nodes: list[Node]
