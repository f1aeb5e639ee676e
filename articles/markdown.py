"""From an editor's Markdown to a reader's HTML, in two stages.

Rendering depends on the text alone, so it is kept in memory; filling in the facts depends on the sheet and the
language too. Raw HTML is off in the parser, and nh3 lets through only what an article needs, should the parser err.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit

import nh3
from django.utils.formats import date_format
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext, pgettext_lazy
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_block_plugin

from helpcenter.domain.facts import TOKEN, Fact, FactKind, FactSheet
from helpcenter.references.hosts import outbound_host

TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "strong", "em", "code", "pre", "blockquote", "a"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # else nh3 lets title and lang through
    "a": {"href"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
}

SCHEMES = {"https", "mailto"}
"""Of links; others lose their address. Without one they are short links."""

CHOICE_WORDS = {
    # Translators: the words that stand for a choice inside a sentence: fewer than 20 minutes *or* fewer than 20 images
    "any": pgettext_lazy("between two conditions", "or"),
    "all": pgettext_lazy("between two conditions", "and"),
    # Translators: counted over *this subscription*
    "subscription": pgettext_lazy("what is counted", "this subscription"),
    "lifetime": pgettext_lazy("what is counted", "the whole life of the account"),
}


def _name_hosts(state: StateCore) -> None:
    """Whoever is about to leave this site reads where to: in the words of the link, else behind them."""
    for token in state.tokens:
        children, href, words, depth = token.children or [], "", "", 0
        token.children = [] if token.type == "inline" else token.children
        for child in children:
            assert token.children is not None
            if child.type in ("link_open", "link_close"):
                within, depth = depth, depth + child.nesting
                if within and depth:
                    continue  # an address in the words of a link: browsers know no link within a link
            token.children.append(child)
            if child.type == "link_open":
                href, words = str(child.attrs["href"]), ""
            elif child.type == "link_close":
                host = outbound_host(href).removeprefix("www.")
                if host and not re.search(_WHOLE % re.escape(host), words, re.IGNORECASE):
                    token.children.append(Token("text", "", 0, content=f" ({host})"))
            else:
                words += child.content


_WHOLE = r"(?<![\w.-])(www\.)?%s(?![\w-]|\.\w)"

_parser = MarkdownIt("commonmark", {"html": False}).enable("table").use(attrs_block_plugin, allowed=["id"])
_parser.disable("image")
_parser.core.ruler.push("hosts", _name_hosts)


@lru_cache(maxsize=4096)
def render(text: str) -> str:
    """HTML of an editor's Markdown, safe to show; facts are still tokens and internal links still short."""
    return clean(_parser.render(text))


@lru_cache(maxsize=4096)
def render_inline(text: str) -> str:
    """The same for a single line: no paragraph around it."""
    return clean(_parser.renderInline(text))


def clean(html: str) -> str:
    """Only what an article needs. What is clean stays as it is."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)


def fill(html: str, sheet: FactSheet, language: str, resolve: Callable[[str], str]) -> SafeString:
    """Rendered HTML with each fact as readers of that language see it, and each short link resolved to an address."""

    def shown(token: re.Match[str]) -> str:
        fact = sheet.facts.get(token[1])
        if fact is None:
            return token[0]
        if fact.kind is FactKind.ADDRESS and html.rfind("<a", 0, token.start()) > html.rfind("</a>", 0, token.start()):
            return escape(plain(fact, language))  # in the words of a link: browsers know no link within a link
        return _show(fact, language)

    filled = TOKEN.sub(shown, html)
    return mark_safe(_HREF.sub(lambda link: f'<a href="{escape(resolve(unescape(link[1])))}"', filled))  # noqa: S308 (cleaned above)


_WHOLE_ADDRESS = r"(?:https://(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*(?![^/?#\")])|mailto:|/(?!/))"
"""What is no short link: a host by its name, a mail, a page of this site. //host, https:host and name@host are none."""
_HREF = re.compile(rf'<a href="(?!{_WHOLE_ADDRESS}|#)([^"]*)"')


def linked_headings(html: SafeString) -> SafeString:
    """Filled HTML with a link beside each heading that has an id: to be copied, so that others open it right there.

    Beside, because a link inside would be read out with the heading.
    """
    return mark_safe(_HEADING.sub(_with_link, html))  # noqa: S308 (safe as it came)


def _with_link(heading: re.Match[str]) -> str:
    link = heading_link(unescape(strip_tags(heading["words"])), heading["id"])
    return f'<div class="heading">{heading[0]}{link}</div>'


def heading_link(words: str, anchor: str) -> SafeString:
    """The link to a heading with these words, for beside it."""
    label = _("Link to “%s”") % words
    return format_html('<a class="heading__link" href="#{}" aria-label="{}"></a>', anchor, label)


_HEADING = re.compile(r'<(?P<tag>h[234]) id="(?P<id>[^"]+)">(?P<words>.*?)</(?P=tag)>')


def _show(fact: Fact, language: str) -> str:
    words = plain(fact, language)
    match fact.kind:
        case FactKind.ADDRESS:
            return format_html('<a href="{}" rel="external noopener">{}</a>', str(fact.value), words)
        case FactKind.COMMAND:
            return format_html('<code class="command">{}</code>', words)
        case FactKind.LABEL:
            return format_html('<b class="label" lang="en">{}</b>', words)
        case _:
            return escape(words)


def plain(fact: Fact, language: str) -> str:
    """A fact in words, as readers of that language write it, without markup."""
    with override(language):
        match fact.value:
            case Decimal() as number if fact.kind is FactKind.MONEY:
                # Translators: an amount in US dollars inside a sentence.
                return pgettext("money", "US$%s") % f"{number:,}"
            case Decimal() as number:
                return f"{number.normalize():,f}"
            case date() as day:
                return date_format(day, "DATE_FORMAT")
            case str() as words if fact.kind is FactKind.ADDRESS:
                parts = urlsplit(words)
                return parts.netloc.removeprefix("www.") + parts.path.rstrip("/")
            case str() as words if fact.kind is FactKind.CHOICE:
                return str(CHOICE_WORDS[words])
            case str() as words:
                return words
            case texts:
                return texts[language]


def fill_plain(text: str, sheet: FactSheet, language: str) -> str:
    """A text with its facts in words: for titles, comparisons and everything that is not HTML."""
    return TOKEN.sub(lambda token: plain(sheet[token[1]], language) if token[1] in sheet else token[0], text)


def fill_markdown(text: str, sheet: FactSheet, language: str, resolve: Callable[[str], str]) -> str:
    """Markdown that stays Markdown: facts in words, short links whole, without the ids above headings."""

    def shown(token: re.Match[str]) -> str:
        fact = sheet.facts.get(token[1])
        if fact is None:
            return token[0]
        return f"<{fact.value}>" if fact.kind is FactKind.ADDRESS else plain(fact, language)

    filled = TOKEN.sub(shown, _ID_LINE.sub("", text))
    return _TARGET.sub(lambda link: f"]({link[1] if link[1].startswith('#') else resolve(link[1])})", filled)


_ID_LINE = re.compile(r"^\{#[\w-]+\}\n", re.MULTILINE)
_TARGET = re.compile(rf"\]\((?!{_WHOLE_ADDRESS})([^)\s]+)\)")


@lru_cache(maxsize=4096)
def heading_ids(text: str) -> tuple[str | None, ...]:
    """The id of each heading in the text, None where it has none."""
    return tuple(
        str(token.attrs["id"]) if "id" in token.attrs else None
        for token in _parser.parse(text)
        if token.type == "heading_open"
    )


@lru_cache(maxsize=4096)
def headings(text: str) -> tuple[tuple[str, str], ...]:
    """Id and words of each second-level heading that has an id: the contents of the page."""
    tokens = _parser.parse(text)
    return tuple(
        (str(token.attrs["id"]), tokens[place + 1].content)
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2" and "id" in token.attrs
    )


@lru_cache(maxsize=4096)
def sections(text: str) -> tuple[tuple[str, str], ...]:
    """A text cut before each heading that `headings` names: id and Markdown, first what stands before all of them."""
    lines = text.split("\n")
    tokens = _parser.parse(text)
    starts = [
        (str(token.attrs["id"]), token.map[0])
        for token in tokens
        if token.type == "heading_open" and token.tag == "h2" and "id" in token.attrs and token.map
    ]
    bounds = [*(start for _, start in starts), len(lines)]
    parts = [(key, "\n".join(lines[start:end])) for (key, start), end in zip(starts, bounds[1:], strict=True)]
    return ("", "\n".join(lines[: bounds[0]])), *parts


@lru_cache(maxsize=4096)
def links(text: str) -> tuple[str, ...]:
    """The targets of the links in the text, as the editor wrote them."""

    def walk(tokens: list[Token]) -> list[str]:
        found = []
        for token in tokens:
            if token.type == "link_open":
                found.append(str(token.attrs["href"]))
            found += walk(token.children or [])
        return found

    return tuple(walk(_parser.parse(text)))
