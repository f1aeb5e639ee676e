"""Findings in words, in the language of whoever reads them: what is wrong, where, and how to mend it."""

from django.utils.translation import gettext_lazy as _

from helpcenter.domain.findings import Finding

SENTENCES = {
    "date-malformed": _("“%(value)s” is not a day; write it as 2026-11-23."),
    "drawing-unknown": _("There is no drawing “%(drawing)s”."),
    "fact-address-malformed": _("An address starts with https:// and has no spaces."),
    "fact-choice-unknown": _("This fact is one of: %(allowed)s."),
    "fact-date-malformed": _("“%(value)s” is not a day; write it as 2026-11-23."),
    "fact-in-use": _("This fact cannot go: %(text)s uses it."),
    "fact-key-malformed": _("A key is two or more words joined by dots, such as refund.images."),
    "fact-kind-unknown": _("There is no kind of fact “%(kind)s”."),
    "fact-kind-wrong": _("The rules need this fact to be of kind %(kind)s."),
    "fact-missing": _("The rules need this fact; it cannot be left out."),
    "fact-number-malformed": _("“%(value)s” is not a number of zero or more."),
    "fact-source-missing": _("Say where this value was read."),
    "fact-text-missing": _("The words are missing in: %(languages)s."),
    "fact-unknown": _("Unknown fact “%(key)s”; did you mean “%(suggestion)s”?"),
    "fact-value-missing": _("The value is missing."),
    "field-empty": _("This field is needed."),
    "glance-incomplete": _("An article about a cancellation path answers all six: %(keys)s."),
    "heading-id-missing": _("A heading has no id. Put {#some-id} on a line of its own above it."),
    "heading-id-twice": _("Two headings have the id “%(id)s”."),
    "link-unknown": _("The link “%(target)s” leads nowhere. Link to the slug of an article, to wizard or to refund."),
    "live-change-in-the-way": _(
        "Another version went live meanwhile, or is planned for the same instant. Compare with it and publish again."
    ),
    "sources-missing": _("Name at least one source."),
    "step-key-malformed": _("A step's key is lower-case letters, digits and hyphens; “%(key)s” is not."),
    "step-key-twice": _("Two steps have the key “%(key)s”."),
    "step-malformed": _("A step has a key, a title, a text, what you should see and what to do if not."),
}


def sentence(finding: Finding) -> str:
    """A finding as a sentence, with the place that it is about."""
    words = SENTENCES.get(finding.code)
    return f"{finding.where}: {words % finding.details}" if words else f"{finding.where}: {finding.code}"
