"""Findings in words, in the language of whoever reads them: what is wrong, where, and how to mend it."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from helpcenter.domain.findings import Finding

SENTENCES = {
    "behind-live": _("Readers see another version by now, which this was not made from. Take over what changed first."),
    "bin-it-is-in": _("The article is in the bin. Take it out first."),
    "bin-still-read": _("Readers see it, or will by a plan. Take it down in each language first."),
    "date-malformed": _("“%(value)s” is not a day; write it as 2026-11-23."),
    "draft-begun-meanwhile": _("Somebody has begun a draft since you opened this page."),
    "draft-changed-meanwhile": _(
        "Somebody else wrote on this draft or published it meanwhile. Look at it and try again."
    ),
    "drawing-unknown": _("There is no drawing “%(drawing)s”."),
    "emphasis-broken": _("Asterisks stay on the page. Put a space around the bold words, or bold other words."),
    "fact-address-malformed": _("An address starts with https:// and has no spaces."),
    "fact-checked-later": _("Nobody has checked it on %(day)s yet."),
    "fact-choice-unknown": _("This fact is one of: %(allowed)s."),
    "fact-date-malformed": _("“%(value)s” is not a day; write it as 2026-11-23."),
    "fact-days-malformed": _("“%(value)s” days cannot be counted: a whole number up to %(most)s."),
    "fact-in-use": _("This fact cannot go: %(text)s uses it."),
    "fact-key-malformed": _("A key is two or more words joined by dots, such as refund.images."),
    "fact-kind-unknown": _("There is no kind of fact “%(kind)s”."),
    "fact-kind-wrong": _("The rules need this fact to be of kind %(kind)s."),
    "fact-missing": _("The rules need this fact; it cannot be left out."),
    "fact-number-malformed": _("“%(value)s” is not a number of zero or more."),
    "fact-source-missing": _("Say where this value was read."),
    "fact-text-missing": _("The words are missing in: %(languages)s."),
    "fact-token-malformed": _(
        "These braces are no fact: “%(words)s”. Write a key between two of each, {{refund.images}}."
    ),
    "fact-unknown": _("There is no fact “%(key)s”."),
    "fact-value-missing": _("The value is missing."),
    "facts-malformed": _("The sheet is a list of facts by key, each with kind, value, source and checked_on."),
    "field-empty": _("This field is needed."),
    "field-not-a-list": _("This is a list: one line for each, with a hyphen in front."),
    "flow-article-unknown": _("No article “%(article)s” is live."),
    "flow-article-without-steps": _("The article “%(article)s” has no live steps to walk through."),
    "flow-choice-single": _("A question with a single choice asks nothing."),
    "flow-choices-alike": _("All choices lead to “%(target)s”: the answer makes no difference."),
    "flow-choices-missing": _("A question needs choices."),
    "flow-field-unknown": _("There is no field “%(field)s” here; there are: %(allowed)s."),
    "flow-key-duplicate": _("Two pages have this key. A walk's pages are named after it: walk-step."),
    "flow-key-malformed": _(
        "A key is lower-case letters, digits and hyphens; “%(key)s” is not. Put yes and no in quotes."
    ),
    "flow-key-reserved": _("The wizard's addresses use this word for themselves; choose another key."),
    "flow-kind-unknown": _("A node is one of: %(allowed)s."),
    "flow-loop": _("Readers can go round in a circle: %(loop)s."),
    "flow-no-way-out": _("From here no answer leads to an outcome."),
    "flow-node-unreachable": _("No answer leads here."),
    "flow-not-chosen": _("Nothing is chosen yet."),
    "flow-outcome-bare": _("An outcome says what to do next: a checklist or articles to read."),
    "flow-path-too-long": _("A reader may have to answer %(questions)s questions; at most %(limit)s is good."),
    "flow-query-too-long": _("The answers make an address of %(length)s characters; at most %(limit)s fit."),
    "flow-shape-wrong": _("Expected here: %(expected)s."),
    "flow-start-unknown": _("The flow starts at “%(target)s”, which is not there."),
    "flow-step-unknown": _("The article “%(article)s” has no live step “%(step)s”."),
    "flow-target-unknown": _("“%(choice)s” leads to “%(target)s”, which is not there."),
    "flow-text-missing": _("The words are missing in: %(languages)s."),
    "flow-timeline-unknown": _("“%(value)s” is no timeline; there are: %(allowed)s."),
    "flow-walks-it": _("The wizard walks readers through it (%(walk)s). Take it out of the flow first."),
    "flow-title-duplicate": _("The question “%(title)s” is asked in “%(other)s” too."),
    "glance-incomplete": _("An article about a cancellation path answers all six: %(keys)s."),
    "heading-id-missing": _("A heading has no id. Put {#some-id} on a line of its own above it."),
    "heading-id-twice": _("Two headings have the id “%(id)s”."),
    "link-unknown": _("The link “%(target)s” leads nowhere. Link to the slug of an article, to wizard or to refund."),
    "link-ends": _("“%(target)s” is to be taken down on %(day)s. Its readers would find nothing there from then on."),
    "link-not-live": _("Readers see nothing yet, or no longer, where “%(target)s” leads."),
    "link-part-unknown": _("The page has no part “%(target)s”. Link to the id of one of its headings or steps."),
    "linked-from": _("%(text)s links to it. Its readers would find nothing there."),
    "live-change-in-the-way": _(
        "Another version went live meanwhile, or is planned for the same instant. Compare with it and try again."
    ),
    "not-retired": _("The site cannot be without it. Publish another version instead."),
    "others-words": _("Somebody else wrote it. A reviewer can send it back, with a note."),
    "own-words": _("Four eyes: you wrote some of these words, so somebody else approves them."),
    "plan-ends-too-early": _("It would end before readers could see it."),
    "plan-has-begun": _("It has begun; what readers saw is not edited. Publish another version instead."),
    "role-missing": _("Your role does not allow this. Ask somebody who has it."),
    "sources-missing": _("Name at least one source."),
    "state-wrong": _("Somebody else was quicker: this is no longer possible in its present state."),
    "step-key-foreign": _("The original has no step “%(key)s”. Steps have the same keys in every language."),
    "step-key-gone": _("Readers may have kept addresses with the step “%(key)s”; they will lead elsewhere without it."),
    "step-key-lacking": _("The original has a step “%(key)s”, which is missing here."),
    "step-key-malformed": _("A step's key is lower-case letters, digits and hyphens; “%(key)s” is not."),
    "step-key-twice": _("Two steps have the key “%(key)s”."),
    "flow-key-gone": _("Readers have “%(key)s” in their addresses. Keep it, or give it an alias to what is there."),
    "flow-alias-needless": _("“%(key)s” is there, so it needs no alias."),
    "flow-alias-unknown": _("The alias of “%(key)s” leads to “%(target)s”, which is not there."),
    "picture-and-drawing": _("A step shows a drawing or a picture, not both."),
    "picture-unknown": _("There is no picture “%(key)s”."),
    "host-not-allowed": _("“%(host)s” is not among the outbound hosts. An administrator can add it to their list."),
    "part-linked": _("%(text)s links to “%(part)s”, which would be gone."),
    "live-changed-meanwhile": _("Readers see another version by now. Open this page again, and look at that one."),
    "nothing-live": _("Readers see nothing of it, so there is nothing to check."),
    "wrong-from": _("From %(day)s on this would be wrong, by what is planned:"),
    "translation-of-unsaid": _(
        "Nobody has said yet which version of the original this translation says. If it says version %(number)s, "
        "tick the box beside the original; if not, say why."
    ),
    "translation-lost": _("The original has “%(target)s”, which is missing here. Add it, or say why it is left out."),
    "step-malformed": _("A step has a key, a title, a text, what you should see and what to do if not."),
}


def sentence(finding: Finding) -> str:
    """A finding as a sentence, with the place that it is about and what was probably meant."""
    words = str(SENTENCES[finding.code] % finding.details)
    if finding.where:
        words = f"{finding.where}: {words}"
    if suggestion := finding.details.get("suggestion"):
        words += " " + _("Did you mean “%(suggestion)s”?") % {"suggestion": suggestion}
    return words


def beside(finding: Finding) -> str:
    """A finding as a sentence that stands beside the field that it is about: the field's label names the place."""
    return sentence(replace(finding, where=""))
