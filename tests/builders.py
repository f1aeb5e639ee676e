"""One builder per noun, with fixed and dull defaults, so that a test shows all that matters to it."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.utils import timezone

from articles.models import Article, Translation
from helpcenter.domain.paths import CancellationPath
from helpcenter.domain.review import Role
from helpcenter.domain.versions import Significance
from helpcenter.facts.models import FactSheetDocument
from helpcenter.publishing.models import Document, Kind, LiveChange, ReviewPolicy, Revision
from helpcenter.publishing.people import PERMISSIONS
from helpcenter.publishing.verbs import approve, begin_draft, publish, submit
from helpcenter.wizard.models import FlowDocument
from tests.replay import replayed

LANGUAGES = ("zh-hant", "en", "zh-hans")
TAGS = {"zh-hant": "zh-Hant", "en": "en", "zh-hans": "zh-Hans"}
"""The languages as HTML writes them."""


def at(day: str) -> datetime:
    """Noon in UTC of a day, which is the same day in Taiwan."""
    return datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)


def a_user(name: str = "editor", *roles: Role) -> User:
    """A member of staff with these roles at the desk, by default with all."""
    quick = PBKDF2PasswordHasher().encode("correct horse battery", salt="salt", iterations=1)
    user = User.objects.create(username=name, password=quick, is_staff=True)
    codes = [PERMISSIONS[role].partition(".")[2] for role in roles or Role]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return user


def without_four_eyes() -> None:
    """A desk where one person may do it all."""
    ReviewPolicy.objects.update(four_eyes=False)


def a_draft(document: Document, body: dict[str, Any], by: User | None = None) -> Revision:
    """Words that readers do not see yet."""
    return begin_draft(document, body, by=by, now=timezone.now())


def reviewed(draft: Revision, *, note: str = "note") -> Revision:
    """A draft that its author submitted and somebody else approved."""
    author = draft.author or a_user("somebody")
    reviewer = User.objects.filter(username="reviewer").first() or a_user("reviewer", Role.REVIEWER)
    now = timezone.now()
    return approve(submit(draft, by=author, now=now, note=note), by=reviewer, now=now)


def a_fact(value: Any = "20", kind: str = "number", **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "value": value, "source": "a page", "checked_on": "2026-10-07", **changes}


def a_sheet_body(**facts: Any) -> dict[str, Any]:
    """The facts that the rules need; `refund__images="30"` changes the value of refund.images."""
    body = {
        "facts": {
            "refund.gpu_minutes": a_fact(),
            "refund.images": a_fact(),
            "refund.combine": a_fact("any", "choice"),
            "refund.scope": a_fact("subscription", "choice"),
            "refund.business_days": a_fact("10"),
            "provider_refund.gpu_minutes": a_fact(),
            "provider_refund.scope": a_fact("lifetime", "choice"),
            "billing.margin_days": a_fact("1"),
            "label.cancel": a_fact("Cancel Plan", "label"),
            "site.account": a_fact("https://www.midjourney.com/account", "address"),
            "plan.basic.monthly": a_fact("10", "money"),
        }
    }
    for key, value in facts.items():
        body["facts"][key.replace("__", ".")]["value"] = value
    return body


def a_body(title: str = "A title", *, steps: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    """An article's body; `steps` are the keys of dull steps."""
    body: dict[str, Any] = {
        "title": title,
        "summary": "In short.",
        "text": "",
        "sources": ["a page"],
        "checked_on": "2026-10-07",
    }
    if steps:
        body["steps"] = [
            {"key": key, "title": f"Do {key}", "text": "How.", "see": "This.", "if_not": "That."} for key in steps
        ]
    return {**body, **changes}


def a_glance(words: str = "words") -> dict[str, str]:
    return dict.fromkeys(("billed_by", "steps", "takes_effect", "keep_and_lose", "refund", "how_to_check"), words)


def live(document: Document, history: Mapping[str, dict[str, Any]]) -> Document:
    """Give a document a history: what went live on which day. Each day is published as if it were then."""
    for day, body in sorted(history.items()):
        revision = Revision.objects.create(document=document, body=deepcopy(body))
        publish(revision, by=None, note="note", significance=Significance.CONTENT, at=at(day), now=at(day))
    return document


def a_sheet(history: Mapping[str, dict[str, Any]] | None = None) -> Document:
    document, _ = FactSheetDocument.objects.get_or_create(kind=Kind.FACTS)
    return live(document, history or {"2026-01-01": a_sheet_body()})


def an_article(
    slug: str = "an-article",
    language: str = "en",
    *,
    history: Mapping[str, dict[str, Any]] | None = None,
    **article: Any,
) -> Translation:
    topic, _ = Article.objects.get_or_create(slug=slug, defaults={"topic": "cancel", **article})
    translation = Translation.objects.create(article=topic, language=language)
    live(translation, history if history is not None else {"2026-01-02": a_body()})
    return translation


def words(text: str) -> dict[str, str]:
    """The same words in every language."""
    return dict.fromkeys(LANGUAGES, text)


def a_flow_body() -> dict[str, Any]:
    """Two questions, a walk over the article `walked`, two outcomes."""
    return {
        "start": "first",
        "nodes": {
            "first": {
                "question": words("First?"),
                "choices": {
                    "walk": {"label": words("Walk"), "to": "way"},
                    "ask": {"label": words("Ask"), "to": "second"},
                },
            },
            "second": {
                "question": words("Second?"),
                "choices": {
                    "end": {"label": words("End"), "to": "over"},
                    "lost": {"label": words("Lost"), "to": "lost"},
                },
            },
            "way": {"walk": "walked", "done": "over", "stuck": "lost"},
            "over": {
                "outcome": words("Over"),
                "text": words("It is over."),
                "timeline": "period-end",
                "checklist": [words("Keep proof.")],
            },
            "lost": {
                "outcome": words("Lost"),
                "text": words("Ask."),
                "timeline": "none",
                "checklist": [words("Write.")],
            },
        },
    }


def a_flow(history: Mapping[str, dict[str, Any]] | None = None) -> Document:
    """The flow, with the article that it walks in both languages and a fact sheet."""
    document, _ = FlowDocument.objects.get_or_create(kind=Kind.FLOW)
    return live(document, history or {"2026-01-03": a_flow_body()})


@replayed
def a_site() -> None:
    """A small whole site: sheet, one walked article in both languages, flow."""
    a_sheet()
    for language in LANGUAGES:
        an_article("walked", language, history={"2026-01-02": a_body(f"Walked {language}", steps=("go", "stop"))})
    a_flow()


@replayed
def the_bundled_site() -> None:
    """What the project brings along."""
    call_command("load_content", stdout=StringIO())


@replayed
def a_site_with_three_paths() -> None:
    """Beside a site: an article for each way to cancel, in every language."""
    a_site()
    for order, path in enumerate(CancellationPath, start=1):
        for language in LANGUAGES:
            body = a_body(f"By {path} {language}", steps=("go",), at_a_glance=a_glance())
            an_article(f"cancel-{path}", language, path=path.value, order=order, history={"2026-01-02": body})


def live_changes(document: Document) -> list[LiveChange]:
    return list(document.live_changes.order_by("at"))
