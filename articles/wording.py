"""What the fields of an article are called, by readers who compare two versions and by editors who fill them in."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpcenter.domain.freshness import Freshness

GLANCE_LABELS = {
    "billed_by": gettext_lazy("Who bills you"),
    "steps": gettext_lazy("Steps"),
    "takes_effect": gettext_lazy("When it takes effect"),
    "keep_and_lose": gettext_lazy("What you keep and lose"),
    "refund": gettext_lazy("Refund"),
    "how_to_check": gettext_lazy("How to see that it worked"),
}

FIELD_LABELS = {
    "slug": gettext_lazy("Address"),
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("In short"),
    "at_a_glance": gettext_lazy("At a glance"),
    "steps": gettext_lazy("Steps, in their order"),
    "text": gettext_lazy("Text"),
    "questions": gettext_lazy("Questions it answers"),
    "facts": gettext_lazy("Facts in it"),
    "links": gettext_lazy("Links"),
    "headings": gettext_lazy("Headings"),
    "sources": gettext_lazy("Sources"),
    "checked_on": gettext_lazy("Last checked"),
}

STEP_LABELS = {
    "key": gettext_lazy("Key"),
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("What to do"),
    "see": gettext_lazy("What you should see"),
    "if_not": gettext_lazy("What to do if not"),
    "drawing": gettext_lazy("Drawing"),
    "picture": gettext_lazy("Picture"),
    "alt": gettext_lazy("What the drawing or picture shows"),
}

FRESHNESS_LABELS = {
    Freshness.MISSING: gettext_lazy("missing"),
    Freshness.BADLY_BEHIND: gettext_lazy("badly behind"),
    Freshness.BEHIND: gettext_lazy("behind"),
    Freshness.IN_REVIEW: gettext_lazy("in review"),
    Freshness.CURRENT: gettext_lazy("current"),
}


def place(field: str) -> str:
    """A field in words, as passages and findings name it: steps.open-page.see. What is unknown stays as it is."""
    first, _dot, rest = field.partition(".")
    if first == "at_a_glance" and rest in GLANCE_LABELS:
        return str(GLANCE_LABELS[rest])
    if first == "steps" and rest:
        key, _dot, inner = rest.partition(".")
        words = _("Step %s") % key
        return f"{words} · {STEP_LABELS[inner]}" if inner in STEP_LABELS else words
    return str(FIELD_LABELS.get(field, field))
