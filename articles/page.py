"""What a template asks of an article: its words as HTML, with the facts of one sheet filled in."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from html import unescape

from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from articles.addresses import resolve
from articles.history import used_facts
from articles.markdown import fill, fill_plain, headings, linked_headings, render, render_inline
from articles.models import PATH_LABELS, Picture
from articles.reading import Reading
from articles.steps import Step
from articles.texts import GLANCE
from helpcenter.domain.facts import FactSheet
from helpcenter.domain.paths import CancellationPath
from helpcenter.publishing.comparing import Words


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as HTML."""

    step: Step
    number: int
    title: SafeString
    text: SafeString
    see: SafeString
    if_not: SafeString
    picture: Picture | None = None

    @property
    def plain_title(self) -> str:
        """Its title without markup."""
        return unescape(strip_tags(self.title))


@dataclass(frozen=True)
class ArticlePage:
    """A reading together with the fact sheet that speaks in it."""

    reading: Reading
    sheet: FactSheet

    @property
    def language(self) -> str:
        """The language of the text."""
        return self.reading.language

    @property
    def path_label(self) -> str:
        """The cancellation path in words: on the website."""
        return str(PATH_LABELS[CancellationPath(self.reading.path)])

    @cached_property
    def title(self) -> str:
        """The title in plain words."""
        return fill_plain(self.reading.text.title, self.sheet, self.language)

    @cached_property
    def plain_summary(self) -> str:
        """The answer in short, in plain words."""
        return self.plain(self.reading.text.summary)

    @cached_property
    def summary(self) -> SafeString:
        """The answer in short."""
        return self._block(self.reading.text.summary)

    @cached_property
    def at_a_glance(self) -> list[tuple[str, SafeString]]:
        """The six facts of a path article, in their order; nothing for others."""
        glance = self.reading.text.at_a_glance
        return [(key, self._inline(glance[key])) for key in GLANCE if glance]

    @cached_property
    def steps(self) -> list[ShownStep]:
        """The steps, in order."""
        wanted = [step.picture for step in self.reading.text.steps if step.picture]
        found = Picture.objects.filter(key__in=wanted).prefetch_related("renditions") if wanted else ()
        pictures = {picture.key: picture for picture in found}
        return [
            ShownStep(
                step,
                number,
                self._inline(step.title),
                self._block(step.text),
                self._block(step.see),
                self._block(step.if_not),
                pictures.get(step.picture),
            )
            for number, step in enumerate(self.reading.text.steps, start=1)
        ]

    @cached_property
    def text(self) -> SafeString:
        """Everything that is not a step; beside each heading a link to it."""
        return linked_headings(self._block(self.reading.text.text))

    @cached_property
    def contents(self) -> list[tuple[str, str]]:
        """Id and words of each section."""
        return [(key, fill_plain(words, self.sheet, self.language)) for key, words in headings(self.reading.text.text)]

    @cached_property
    def used_facts(self) -> list[tuple[str, str, str]]:
        """Key, source and day checked of each fact in the text."""
        facts = [self.sheet[key] for key in used_facts(self.reading.text) if key in self.sheet]
        return [(fact.key, fact.source, fact.checked_on.isoformat()) for fact in facts]

    @property
    def permalink(self) -> str:
        """The address that shows these words with these facts for ever."""
        address = reverse("articles:version", args=[self.reading.slug, self.reading.number])
        return f"{address}?facts={self.sheet.version}"

    def plain(self, text: str) -> str:
        """Some of its Markdown in plain words."""
        return unescape(strip_tags(self._block(text))).strip()

    def plain_texts(self) -> Iterator[tuple[str, str]]:
        """Every text of it in plain words, with the field that it stands in."""
        return ((field, self.plain(words)) for field, words in self.reading.text.passages())

    def plain_passages(self) -> Iterator[tuple[str, Words]]:
        """What a reader reads, without markup, with the field it stands in; the steps' order by their titles.

        First its address: the one that this version first had, and what readers have not seen has the one of today.
        """
        article = self.reading.revision.document.translation.article
        first = self.reading.revision.live_changes.up_to(timezone.now()).last()
        yield "slug", article.slug_at(first.at) if first else article.slug
        yield from self.plain_texts()
        yield "sources", "\n".join(self.reading.text.sources)
        for shown in self.steps:
            for name in ("drawing", "picture", "alt"):
                if words := getattr(shown.step, name):
                    yield f"steps.{shown.step.key}.{name}", words
        yield "steps", {shown.step.key: shown.plain_title for shown in self.steps}

    def _block(self, text: str) -> SafeString:
        return fill(render(text), self.sheet, self.language, partial(resolve, language=self.language))

    def _inline(self, text: str) -> SafeString:
        return fill(render_inline(text), self.sheet, self.language, partial(resolve, language=self.language))
