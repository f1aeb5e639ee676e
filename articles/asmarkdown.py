"""An article as Markdown, for whoever reads it with a machine: the same words, facts filled in, links whole."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import override

from articles.addresses import resolve
from articles.markdown import fill_markdown
from articles.page import ArticlePage
from articles.wording import GLANCE_LABELS, STEP_LABELS
from helpcenter.domain.facts import FactSheet


def as_markdown(page: ArticlePage, last_checked: date, absolute: Callable[[str], str]) -> str:
    """The whole article; `absolute` makes an address of ours whole."""
    with override(page.language):
        return "\n\n".join(part for part in _parts(page, last_checked, absolute) if part) + "\n"


def _parts(page: ArticlePage, last_checked: date, absolute: Callable[[str], str]) -> Iterator[str]:
    text, reading = page.reading.text, page.reading
    whole = partial(filled, sheet=page.sheet, language=page.language, absolute=absolute)
    yield f"# {page.title}"
    yield whole(text.summary)
    yield "\n".join(f"- **{GLANCE_LABELS[key]}**: {whole(words)}" for key, words in text.at_a_glance.items())
    if text.steps:
        yield "## " + _("Step by step")
    for number, step in enumerate(text.steps, start=1):
        yield f"### {number}. {whole(step.title)}"
        yield whole(step.text)
        yield f"**{STEP_LABELS['see']}** {whole(step.see)}"
        yield f"**{STEP_LABELS['if_not']}** {whole(step.if_not)}"
    yield whole(text.text)
    if text.sources:
        yield "## " + _("Sources")
        yield "\n".join(f"- {source}" for source in text.sources)
    said = [_("Main points checked") + f" {last_checked.isoformat()}"]
    if reading.live_since:
        said = [_("Updated") + f" {reading.live_since:%Y-%m-%d}", *said]
    if reading.number:
        said += [_("version %s") % reading.number, absolute(page.permalink)]
    yield "---\n\n" + " · ".join(said)


def filled(text: str, *, sheet: FactSheet, language: str, absolute: Callable[[str], str]) -> str:
    """A text of ours for whoever reads it elsewhere: facts as readers see them, links whole."""

    def whole(target: str) -> str:
        return absolute(resolve(target, language))

    return fill_markdown(text, sheet, language, whole).strip()
