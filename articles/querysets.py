"""The vocabulary of questions about articles."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404

from articles.reading import COLUMNS, More, Reading
from helpcenter.publishing.models import Document, Kind, LiveChange, Revision, RevisionQuerySet
from helpcenter.publishing.prepared import Prepared, instant


class ArticleQuerySet(models.QuerySet[Any]):
    """Questions about articles. What is asked for readers answers with readings, never with drafts."""

    def live(self, slug: str, language: str, at: datetime) -> Reading:
        """The version of an article that readers of a language see at that instant. Raises Http404 if there is none."""
        return self._one(_texts(language).live(at).filter(document__translation__article__slug=slug))

    def shown(self, slug: str, language: str, at: datetime) -> Reading:
        """What readers get under an article's address: the live version, where it never had one another language's.

        Raises Http404 if there is none.
        """
        return self.shown_with_more(slug, language, at)[0]

    def shown_with_more(self, slug: str, language: str, at: datetime) -> tuple[Reading, More]:
        """The same, with what its page says of it. One question to the database, but for what was taken down."""
        by_language: dict[str, tuple[Reading, datetime | None, datetime | None]] = {}
        for row in _SHOWN.ask(at, slug):
            reading, (published, looked) = Reading.told(row), row[len(COLUMNS) :]
            by_language[reading.language] = reading, instant(published), instant(looked)
        original = by_language.get(settings.LANGUAGES[0][0])
        if language not in by_language:
            if _texts(language).filter(document__translation__article__slug=slug, live_changes__at__lte=at).exists():
                raise Http404("retired")
            by_language = {code: by_language[code] for code, _name in settings.LANGUAGES if code in by_language}
        shown = by_language.get(language) or next(iter(by_language.values()), None)
        if shown is None:
            raise Http404("article")
        reading, published, looked = shown
        return reading, More({*by_language}, published, looked, original and original[0].revision.pk)

    def ways_out(self, language: str, at: datetime) -> Self:
        """The articles about a cancellation path that readers of a language can open at that instant."""
        seen = _texts(language).live(at).filter(document__translation__article=OuterRef("pk"))
        return self.filter(Exists(seen), path__gt="")

    def live_in(self, slug: str, at: datetime) -> set[str]:
        """The languages in which readers see an article at that instant."""
        live = Revision.objects.of_kind(Kind.ARTICLE).live(at).filter(document__translation__article__slug=slug)
        return set(live.values_list("document__language", flat=True))

    def numbered_in(self, slug: str, numbers: Collection[int], at: datetime) -> set[str]:
        """The languages in which readers have seen versions of an article with all of these numbers."""
        seen = Revision.objects.of_kind(Kind.ARTICLE).seen_by(at).filter(document__translation__article__slug=slug)
        pairs = seen.filter(number__in=numbers).values_list("document__language", "number")
        known = Counter(language for language, _number in pairs)
        return {language for language, count in known.items() if count == len(set(numbers))}

    def version(self, slug: str, language: str, number: int, at: datetime) -> Reading:
        """One version for ever, as it first went live. Raises Http404 if readers have not seen it by that instant."""
        revisions = _texts(language).seen_by(at).filter(document__translation__article__slug=slug, number=number)
        return self._one(revisions)

    def all_live(
        self, language: str, at: datetime, *, most: int | None = None, after: int = 0, **article: Any
    ) -> list[Reading]:
        """Every article that readers of a language see at that instant, in the order of the shelves.

        Or the first so many, or as many `after` so many, or those whose article is like this: `topic="refund"`.
        """
        found = _in_order(_texts(language).live(at), **article)
        return [Reading.of(each) for each in found[after : after + most if most else None]]

    def first_of_each(
        self, language: str, at: datetime, kinds: Iterable[Mapping[str, str]], *, most: int
    ) -> list[Reading]:
        """Of articles that are like this and of those that are like that, the first so many that readers see.

        One question to the database, which reads no more than it answers, however many there are.
        """
        question = _first_of_each(tuple(tuple(article.items()) for article in kinds), most)
        return [Reading.told(row) for row in question.ask(at, language)]

    def under(self, names: Collection[str], language: str, at: datetime) -> list[Reading]:
        """What readers of a language see at that instant under any of these slugs, as `led_to` leads them.

        One question to the database. In the order of the shelves, each once.
        """
        return [Reading.told(row) for row in _UNDER.ask(at, language, *names)] if names else []

    def by_names(self, names: Collection[str], language: str, at: datetime) -> dict[str, Reading]:
        """What readers of a language see at that instant under each of these slugs, of now or of before."""
        led = self.led_to(at, names)
        readings = {each.slug: each for each in self.all_live(language, at, slug__in=set(led.values()))}
        return {name: readings[slug] for name, slug in led.items() if slug in readings}

    def live_steps(
        self, at: datetime, language: str, names: Collection[str] | None = None
    ) -> Mapping[str, tuple[str, ...]]:
        """The keys of the live steps of articles by any of their slugs, for the wizard to walk; of all or of these."""
        led = self.led_to(at, names)
        live = _texts(language).live(at).filter(document__translation__article__slug__in=set(led.values()))
        steps = {each.slug: tuple(step.key for step in each.text.steps) for each in map(Reading.of, live)}
        return {name: steps[slug] for name, slug in led.items() if slug in steps}

    def led_to(self, at: datetime, names: Collection[str] | None = None) -> dict[str, str]:
        """Every slug, of now or of before, with that of the article which readers find under it; or only these.

        A slug that was given to another article leads to the one that had it last, until readers have seen the other.
        """
        named, once_named = self.all(), self.filter(former_slugs__isnull=False)
        if names is not None:
            named, once_named = self.filter(slug__in=names), self.filter(former_slugs__slug__in=names)
        seen = LiveChange.objects.up_to(at).filter(document__translation__article=OuterRef("pk"))
        slugs = dict(named.annotate(seen=Exists(seen)).values_list("slug", "seen"))
        former = once_named.order_by("former_slugs__until").values_list("former_slugs__slug", "slug")
        return {
            **{slug: slug for slug in slugs},
            **dict(former),
            **{slug: slug for slug, is_seen in slugs.items() if is_seen},
        }

    def _one(self, revisions: RevisionQuerySet) -> Reading:
        revision = revisions.first()
        if revision is None:
            raise Http404("article")
        return Reading.of(revision)


def _in_order(texts: RevisionQuerySet, **article: Any) -> RevisionQuerySet:
    """Those whose article is like this, in the order of the shelves."""
    like = {f"document__translation__article__{field}": value for field, value in article.items()}
    return texts.filter(**like).order_by(
        "document__translation__article__order", "document__translation__article__slug"
    )


def _texts(language: str) -> RevisionQuerySet:
    # That a text has an article lets the database go along the shelves, and stop where enough were found.
    # What language it is in is asked of each: a database that began with that would read a third of all texts.
    said = Document.objects.filter(pk=OuterRef("document"), language=language)
    return Revision.objects.filter(Exists(said), document__translation__isnull=False).select_related(
        "document__translation__article"
    )


def _articles() -> ArticleQuerySet:
    """All articles; their model is made of this file."""
    found: ArticleQuerySet = apps.get_model("articles.Article")._default_manager.all()
    return found


def _shown(at: datetime, slug: str) -> models.QuerySet[Any, Any]:
    """What readers see of an article in each language, when they first did, and when somebody last looked."""
    changes = LiveChange.objects.filter(document=OuterRef("document"))
    looked = _articles().filter(translations=OuterRef("document"), translations__verifications__at__lte=at)
    last_looked = looked.order_by("-translations__verifications__at").values("translations__verifications__at")
    return (
        Revision.objects.of_kind(Kind.ARTICLE)
        .live(at)
        .filter(document__translation__article__slug=slug)
        .annotate(published=Subquery(changes.order_by("at").values("at")[:1]), looked=Subquery(last_looked[:1]))
        .values_list(*COLUMNS, "published", "looked")
    )


def _under(at: datetime, language: str, *names: str) -> models.QuerySet[Any, Any]:
    seen = LiveChange.objects.up_to(at).filter(
        document__translation__article__slug=OuterRef("former_slugs__slug"),
    )
    newest = _articles().filter(former_slugs__slug=OuterRef("former_slugs__slug")).order_by("-former_slugs__until")
    once_named = _articles().filter(
        ~Exists(seen),
        former_slugs__slug__in=names,
        former_slugs__until=Subquery(newest.values("former_slugs__until")[:1]),
    )
    # What is live has been seen, so it is what its own slug leads to.
    found = _articles().filter(slug__in=names).order_by().values("pk").union(once_named.order_by().values("pk"))
    live = _in_order(_texts(language).live(at).filter(document__translation__article__in=found))
    return live.values_list(*COLUMNS)


@cache
def _first_of_each(kinds: tuple[tuple[tuple[str, str], ...], ...], most: int) -> Prepared:
    def question(at: datetime, language: str) -> models.QuerySet[Any, Any]:
        texts = _texts(language).live(at)
        firsts = [_in_order(texts, **dict(article)).values("pk")[:most] for article in kinds]
        any_of_them, *others = (Revision.objects.filter(pk__in=first).values("pk") for first in firsts)
        seen = Revision.objects.live(at).filter(pk__in=any_of_them.union(*others))
        return _in_order(seen).values_list(*COLUMNS)

    return Prepared(question)


_SHOWN, _UNDER = Prepared(_shown), Prepared(_under)
