"""What the reader's templates need beside their page: languages, facts, drawings."""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from articles.addresses import alternates as page_alternates
from articles.addresses import html_lang as tag_of
from articles.cards import can_draw
from articles.markdown import heading_link, plain
from articles.wording import GLANCE_LABELS
from helpcenter.domain.facts import FactSheet

register = template.Library()


@register.simple_tag
def html_lang() -> str:
    """The page's language as HTML writes it: zh-Hant, en."""
    language: str = get_language() or settings.LANGUAGE_CODE
    return tag_of(language)


@register.simple_tag
def gap() -> str:
    """What parts a sentence from the next: a blank, but in Chinese nothing, as its full stops bring their own."""
    return "" if html_lang().startswith("zh") else " "


@register.simple_tag(takes_context=True)
def alternates(context: template.Context) -> list[dict[str, object]]:
    """Every language: code, tag, name, address, whether it is this one, whether it has the same page."""
    elsewhere = context.get("elsewhere") or {}
    return [
        {
            "code": code,
            "tag": tag_of(code),
            "name": name,
            "href": href,
            "here": code == get_language(),
            "same": code not in elsewhere,
        }
        for code, name, href in page_alternates(context["request"], elsewhere)
    ]


@register.simple_tag(takes_context=True)
def absolute(context: template.Context, path: str) -> str:
    """An address of ours with scheme and host, for machines."""
    return str(context["request"].build_absolute_uri(path))


@register.simple_tag
def fact(sheet: FactSheet, key: str) -> str:
    """A fact in words."""
    return plain(sheet[key], get_language())


register.simple_tag(heading_link)


@register.simple_tag
def has_card() -> bool:
    """Whether pages have pictures for those who show links to them."""
    return can_draw()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small picture beside words that say the same."""
    kind = "icon icon--arrow" if name.startswith("arrow-") else "icon"
    drawings = static("img/drawings.svg")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', kind, drawings, name)


@register.filter
def glance_label(key: str) -> str:
    """The heading of one of the six facts of a path article."""
    return str(GLANCE_LABELS[key])
