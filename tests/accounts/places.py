"""Rows for each address of the desk, so that what is refused is refused for who asks and not for want of a row."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone

from articles.models import MissingPage, Picture, Redirect, Rendition
from helpcenter.domain.versions import Significance
from helpcenter.feedback.models import Vote
from helpcenter.publishing.models import Document, Kind, LiveChange
from helpcenter.publishing.verbs import publish
from helpcenter.references.models import OutboundHost, Reference
from helpcenter.search.models import Pin, Question, Synonym
from tests.builders import a_body, a_draft, a_site, a_user, an_article, reviewed
from tests.promises.test_leaks import filled

DOCUMENTS = ("articles.translation", "wizard.flowdocument", "facts.factsheetdocument")
OF_WHAT_WAS_PUBLISHED = ("again", "try")


def places() -> Callable[[str], str]:
    """The site has a row of each kind. What it returns makes an address of a route."""
    a_site()
    text = an_article("asked-of", history={"2026-02-01": a_body("Live")})
    writer = a_user("writer")
    draft = a_draft(text, a_body("Draft"), writer)
    now = timezone.now()
    planned = reviewed(a_draft(text, a_body("Planned"), writer))
    then = {"at": now + timedelta(days=9), "now": now}
    publish(planned, by=writer, note="n", significance=Significance.CONTENT, **then)
    for other in Document.objects.filter(kind__in=[Kind.FLOW, Kind.FACTS]):
        LiveChange.objects.create(document=other, revision=other.revisions.first(), recorded_at=now, at=then["at"])
    Redirect.objects.create(path="/en/gone/", article=text.article)
    MissingPage.objects.create(path="/en/nothing/", last_asked=now)
    picture = Picture.objects.create(key="a-picture", by=writer, at=now)
    Rendition.objects.create(picture=picture, width=1, height=1, content=b"x", digest="x" * 16)
    Vote.objects.create(revision=draft, helped=False, at=now)
    Pin.objects.create(language="en", question="refund", article=text.article)
    Question.objects.create(language="en", words="refund", asked_as="refund", last_asked=now)
    Synonym.objects.create(language="en", words="quit, cancel")
    OutboundHost.objects.get_or_create(host="asked.example")
    Reference.objects.get_or_create(revision=draft, kind="fact", target="label.cancel", where="text")

    def address(route: str) -> str:
        app, model, *rest = (*route.removeprefix("admin/").split("/"), "", "")
        label = f"{app}.{model}"
        row: Any = text
        if label in {each._meta.label_lower for each in apps.get_models()} - {DOCUMENTS[0]} and rest[0] != "text":
            row = apps.get_model(label).objects.order_by("pk").first()
        revision = draft
        if isinstance(row, Document) and (label != DOCUMENTS[0] or OF_WHAT_WAS_PUBLISHED[0] in rest):
            revision = row.revisions.filter(state="published").first()
        plan = LiveChange.objects.filter(document=row.pk, at__gt=now).first() or LiveChange(pk=1)
        place = {"document": row.pk, "revision": revision.pk, "plan": plan.pk, "state": "draft"}
        return filled(route, place).replace(f"/try/{revision.pk}/review/", f"/try/{revision.pk}/second/")

    return address
