"""Where things are: an editor's short links, and the same page in the other languages."""

from collections.abc import Container, Mapping

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import override

ROOMS = {"wizard": "wizard:start", "refund": "refunds:check"}
"""What short links may name that is no article."""


def resolve(target: str, language: str) -> str:
    """The address of a short link such as `cancel-web#no-plan`, `wizard` or `refund?images=4`, in that language."""
    name, hash_, anchor = target.partition("#")
    name, mark, query = name.partition("?")
    with override(language):
        if name in ROOMS:
            return reverse(ROOMS[name]) + mark + query
        try:
            return reverse("articles:article", args=[name]) + hash_ + anchor
        except NoReverseMatch:
            return "#"


def alternates(request: HttpRequest, elsewhere: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Language code, its name, and this very page in it, for every language; or what `elsewhere` has instead."""
    here = request.get_full_path()
    return [(code, str(name), elsewhere.get(code) or translate_url(here, code)) for code, name in settings.LANGUAGES]


def elsewhere(slug: str, there: Container[str], live_in: Container[str]) -> dict[str, str]:
    """What to open in the languages where this very page is not `there`, by language: the article, else all of them."""
    addresses: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        if code not in there:
            with override(code):
                live = code in live_in
                addresses[code] = reverse("articles:article", args=[slug]) if live else reverse("articles:index")
    return addresses


def index_in(code: str) -> str:
    """The list of all articles in a language."""
    with override(code):
        return reverse("articles:index")


def html_lang(code: str) -> str:
    """A language code as HTML writes it: the script's name begins with a capital."""
    language, *script = code.split("-")
    return "-".join([language, *(part.capitalize() for part in script)])
