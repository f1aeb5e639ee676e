"""The site for programs: articles, versions, search, flow, refund check, facts. Read-only; the same words as the pages.

Each function asks what the pages ask and says it as JSON. /api/openapi.json describes it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial, wraps
from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from ninja import NinjaAPI, Path, Query
from ninja.decorators import decorate_view
from ninja.renderers import JSONRenderer

from articles.asmarkdown import as_markdown, filled
from articles.markdown import plain
from articles.models import Article
from articles.page import ArticlePage
from articles.reading import Reading
from articles.verifying import last_checked
from helpcenter.api import schemas
from helpcenter.domain.facts import Fact, FactSheet
from helpcenter.domain.flows.graph import Flow, Outcome, Question, Walk
from helpcenter.domain.refunds import (
    MAX_GPU_MINUTES,
    MAX_IMAGES,
    Earlier,
    RefundAssessment,
    Usage,
    assess,
    provider_refund_policy,
    refund_policy,
)
from helpcenter.facts.sheets import languages, sheet_at, sheet_numbered
from helpcenter.publishing.models import Revision
from helpcenter.publishing.moments import moment
from helpcenter.publishing.standing import standing
from helpcenter.search.asking import MOST_LETTERS, cleaned, repairs, search
from helpcenter.search.ranking import Ranked
from helpcenter.search.results import results
from helpcenter.search.views import MOST_NEAR, MOST_RESULTS, asked_anew
from helpcenter.wizard.flows import flow_revision, live_steps, published_flow


class Readable(JSONRenderer):
    """Han as Han: half as long, and to be read."""

    json_dumps_params = {"ensure_ascii": False}


ON_A_PAGE = 100

api = NinjaAPI(
    title="Cancelling Midjourney: an independent guide",
    version="1",
    description="Read-only. Times are UTC, texts Markdown with the facts filled in.",
    renderer=Readable(),
    docs_url=None,  # its page would load scripts from elsewhere
)

Spoken = Annotated[str, Path(pattern=f"^({'|'.join(code for code, _ in settings.LANGUAGES)})$")]
Slug = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]+$", max_length=50)]
Number = Annotated[int, Path(ge=1, le=1_000_000)]
AsOf = Annotated[date | None, Query(description="As it was at the end of that day in Taiwan; today if it is left out.")]
Page = Annotated[int, Query(ge=1, le=1_000_000, description="Counted from 1.")]
Otherwise = {404: schemas.Problem, 422: schemas.Mistakes}


def _in_its_language[**P, T](answer: Callable[P, T]) -> Callable[P, T]:
    """Addresses and texts in the language that the address names."""

    @wraps(answer)
    def speaking(*args: P.args, **kwargs: P.kwargs) -> T:
        with override(str(kwargs["language"])):
            return answer(*args, **kwargs)

    return speaking


@api.get("/articles/{language}/", response={200: list[schemas.Brief], **Otherwise})
@_in_its_language
def articles(request: HttpRequest, response: HttpResponse, language: Spoken, as_of: AsOf = None, page: Page = 1) -> Any:
    """The articles that readers of a language see, in the order of the shelves, 100 on a page.

    Where there are more, the header Link names the next page (rel="next").
    """
    at = moment(request)
    sheet, before = sheet_at(at), ON_A_PAGE * (page - 1)
    found = Article.objects.all_live(language, at, after=before, most=ON_A_PAGE + 1)
    if page > 1 and not found:
        raise Http404("page")
    if len(found) > ON_A_PAGE:
        query = QueryDict(mutable=True)
        query.update({**request.GET.dict(), "page": str(page + 1)})
        address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        response["Link"] = f'<{address}>; rel="next"'
    return [_brief(request, ArticlePage(reading, sheet)) for reading in found[:ON_A_PAGE]]


@api.get("/articles/{language}/{slug}/", response={200: schemas.Article, **Otherwise})
@_in_its_language
def article(request: HttpRequest, language: Spoken, slug: Slug, as_of: AsOf = None) -> Any:
    """What readers get under an article's address."""
    at = moment(request)
    return _article(request, Article.objects.shown(slug, language, at), sheet_at(at), at, alone=False)


@api.get("/articles/{language}/{slug}/versions/", response={200: list[schemas.Version], **Otherwise})
@_in_its_language
def versions(request: HttpRequest, language: Spoken, slug: Slug, as_of: AsOf = None) -> Any:
    """The versions that readers have seen, newest first."""
    at = moment(request)
    live = Article.objects.live(slug, language, at)
    seen = Revision.objects.seen_by(at).filter(document=live.revision.document).order_by("-number")
    return [_version(request, Reading.of(each)) for each in seen.select_related("document__translation__article")]


@api.get("/articles/{language}/{slug}/versions/{number}/", response={200: schemas.Article, **Otherwise})
@_in_its_language
def version(request: HttpRequest, language: Spoken, slug: Slug, number: Number) -> Any:
    """One version for ever, with the facts of the day on which it went live."""
    now = timezone.now()
    reading = Article.objects.version(slug, language, number, now)
    return _article(request, reading, sheet_at(reading.live_since or now), now, alone=True)


@api.get("/search/{language}/", response={200: schemas.Found, **Otherwise})
@decorate_view(asked_anew)
@_in_its_language
def find(request: HttpRequest, language: Spoken, q: Annotated[str, Query(max_length=MOST_LETTERS)]) -> Any:
    """What answers a question, in a reader's words."""
    now = timezone.now()
    question = cleaned(q)
    known = standing(request, now)
    found, sheet = search(question, language, now, kept=known.ask(repairs, language)), known.ask(sheet_at)

    def said(hits: tuple[Ranked, ...]) -> list[dict[str, Any]]:
        return [
            {
                "article": _brief(request, each.page),
                "place": each.place,
                "address": request.build_absolute_uri(each.href),
                "excerpt": "".join(words for words, _marked in each.excerpt),
            }
            for each in results(found, hits, sheet)
        ]

    return {"question": question, "results": said(found.hits[:MOST_RESULTS]), "near": said(found.near[:MOST_NEAR])}


@api.get("/flow/{language}/", response={200: schemas.Flow, **Otherwise})
@_in_its_language
def flow(request: HttpRequest, language: Spoken, as_of: AsOf = None) -> Any:
    """The wizard: its questions, the steps that it walks, where it ends."""
    at = moment(request)
    revision = flow_revision(at)
    flow, sheet = published_flow(revision.body), sheet_at(at)
    steps = live_steps(flow, at, language)
    say = partial(filled, sheet=sheet, language=language, absolute=request.build_absolute_uri)
    return {"version": revision.number, "start": flow.start, "nodes": list(_nodes(flow, language, steps, say))}


@api.get("/refund/", response={200: schemas.Assessment, **Otherwise})
def refund(
    request: HttpRequest,
    gpu_minutes: Annotated[float, Query(ge=0, le=int(MAX_GPU_MINUTES))],
    images: Annotated[int, Query(ge=0, le=MAX_IMAGES)],
    earlier: Annotated[Earlier, Query(description="Whether the account used GPU time before.")] = Earlier.UNSURE,
) -> Any:
    """Whether what was used in this subscription is little enough for a refund."""
    sheet, usage = sheet_at(timezone.now()), Usage(Decimal(str(gpu_minutes)), images, earlier)
    return {
        "facts_version": sheet.version,
        "this_guide": _rule(assess(refund_policy(sheet), usage)),
        "provider": _rule(assess(provider_refund_policy(sheet), usage)),
    }


@api.get("/facts/", response={200: schemas.Sheet, **Otherwise})
def facts(request: HttpRequest, as_of: AsOf = None) -> Any:
    """The facts as they are, or were at the end of a day."""
    return _sheet(sheet_at(moment(request)))


@api.get("/facts/{number}/", response={200: schemas.Sheet, **Otherwise})
def facts_numbered(request: HttpRequest, number: Number) -> Any:
    """One version of the fact sheet for ever."""
    return _sheet(sheet_numbered(number, at=timezone.now()))


def _brief(request: HttpRequest, page: ArticlePage) -> dict[str, Any]:
    reading = page.reading
    whole = request.build_absolute_uri
    return {
        "slug": reading.slug,
        "language": reading.language,
        "title": page.title,
        "summary": page.plain_summary,
        "topic": reading.topic,
        "path": reading.path,
        "version": reading.number,
        "live_since": reading.live_since,
        "address": whole(reverse("articles:article", args=[reading.slug])),
        "markdown_address": whole(reverse("articles:markdown", args=[reading.slug])),
    }


def _article(request: HttpRequest, reading: Reading, sheet: FactSheet, at: datetime, *, alone: bool) -> dict[str, Any]:
    page, text = ArticlePage(reading, sheet), reading.text
    say = partial(filled, sheet=sheet, language=reading.language, absolute=request.build_absolute_uri)
    looked = last_checked(reading, at, alone=alone)
    said = {
        **_brief(request, page),
        "last_checked": looked,
        "facts_version": sheet.version,
        "at_a_glance": {key: say(words) for key, words in text.at_a_glance.items()},
        "steps": [
            {"key": step.key, **{name: say(getattr(step, name)) for name in ("title", "text", "see", "if_not")}}
            for step in text.steps
        ],
        "text": say(text.text),
        "sources": list(text.sources),
        "markdown": as_markdown(page, looked, request.build_absolute_uri),
    }
    if alone:
        numbered = [reading.slug, reading.number]
        said["address"] = request.build_absolute_uri(reverse("articles:version", args=numbered))
        said["markdown_address"] = request.build_absolute_uri(reverse("articles:version-markdown", args=numbered))
    return said


def _version(request: HttpRequest, reading: Reading) -> dict[str, Any]:
    return {
        "number": reading.number,
        "live_since": reading.live_since,
        "note": reading.note,
        "significance": reading.significance.value,
        "address": request.build_absolute_uri(reverse("articles:version", args=[reading.slug, reading.number])),
    }


def _nodes(
    flow: Flow, language: str, steps: Mapping[str, Sequence[str]], say: Callable[[str], str]
) -> Iterator[dict[str, Any]]:
    for key, node in flow.nodes.items():
        match node:
            case Question():
                choices = [
                    {
                        "key": each.key,
                        "label": say(each.label[language]),
                        "hint": say(each.hint[language]) if each.hint else "",
                        "to": each.target,
                    }
                    for each in node.choices
                ]
                text = say(node.help[language]) if node.help else ""
                yield {
                    "key": key,
                    "kind": "question",
                    "title": say(node.title[language]),
                    "text": text,
                    "choices": choices,
                }
            case Walk():
                walk = {"article": node.article, "steps": list(steps.get(node.article, ())), "done": node.done}
                yield {"key": key, "kind": "walk", **walk, "stuck": node.stuck, "stuck_at": dict(node.stuck_at)}
            case Outcome():
                yield {
                    "key": key,
                    "kind": "outcome",
                    "title": say(node.title[language]),
                    "text": say(node.text[language]),
                    "checklist": [say(each[language]) for each in node.checklist],
                    "articles": list(node.articles),
                }


def _rule(assessment: RefundAssessment) -> dict[str, Any]:
    return {
        "verdict": assessment.verdict.value,
        "combine": assessment.policy.combine.value,
        "conditions": [
            {
                "metric": each.condition.metric.value,
                "scope": each.condition.scope.value,
                "below": each.condition.below,
                "used": each.used,
                "met": each.met,
            }
            for each in assessment.judgements
        ],
    }


def _sheet(sheet: FactSheet) -> dict[str, Any]:
    return {"version": sheet.version, "facts": [_fact(each) for each in sheet]}


def _fact(fact: Fact) -> dict[str, Any]:
    value = dict(fact.value) if isinstance(fact.value, Mapping) else str(fact.value)
    return {
        "key": fact.key,
        "kind": fact.kind.value,
        "value": value,
        "shown": {language: plain(fact, language) for language in languages()},
        "source": fact.source,
        "checked_on": fact.checked_on,
    }
