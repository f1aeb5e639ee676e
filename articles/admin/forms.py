"""What is asked about an article's text at the desk: its words and steps; before it is checked, shared or retired."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Picture
from articles.steps import DRAWINGS, KEY
from articles.texts import GLANCE, read_text
from articles.wording import FIELD_LABELS, GLANCE_LABELS, STEP_LABELS, place
from helpcenter.domain.findings import Refused
from helpcenter.publishing.desk.forms import RetiringForm, line
from helpcenter.publishing.models import LiveChange, Revision
from helpcenter.publishing.wording import sentence

KEY_MALFORMED = _("Lower-case letters, digits and hyphens only, such as open-page.")


def area(rows: int, **kwargs: Any) -> forms.CharField:
    """A field for a longer text."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"}), **kwargs)


class TextForm(forms.Form):
    """The words of an article but for its steps."""

    title = forms.CharField(
        label=FIELD_LABELS["title"], max_length=120, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    summary = area(3, label=FIELD_LABELS["summary"], help_text=_("The answer first, in two or three sentences."))
    text = area(
        24,
        label=FIELD_LABELS["text"],
        required=False,
        help_text=_(
            "Markdown. Above each heading {#its-id} on a line of its own, the same in every language. "
            "Facts by key: {{refund.gpu_minutes}}. Links: [words](cancel-email#no-mail), [words](wizard)."
        ),
    )
    questions = area(
        4,
        label=FIELD_LABELS["questions"],
        required=False,
        help_text=_("One on each line, as readers put them. They are not shown; the search finds the article by them."),
    )
    sources = area(
        4, label=FIELD_LABELS["sources"], help_text=_("One on each line: the page, its site, who read it when.")
    )
    checked_on = forms.DateField(
        label=FIELD_LABELS["checked_on"], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key in GLANCE:
            self.fields[f"glance_{key}"] = area(2, label=GLANCE_LABELS[key], required=False)
        self.order_fields(["title", "summary", *(f"glance_{key}" for key in GLANCE)])


class StepForm(forms.Form):
    """One step. Its key stands in the wizard's addresses: it stays when the words change."""

    key = forms.RegexField(
        rf"^{KEY.pattern}\Z",
        label=STEP_LABELS["key"],
        help_text=_("Stays the same for ever, in every language."),
        error_messages={"invalid": KEY_MALFORMED},
    )
    title = forms.CharField(label=STEP_LABELS["title"], widget=forms.TextInput(attrs={"class": "vTextField"}))
    text = area(3, label=STEP_LABELS["text"])
    see = area(2, label=STEP_LABELS["see"])
    if_not = area(3, label=STEP_LABELS["if_not"])
    drawing = forms.ChoiceField(
        label=STEP_LABELS["drawing"], required=False, choices=[("", "–"), *((name, name) for name in DRAWINGS)]
    )
    picture = forms.ChoiceField(label=STEP_LABELS["picture"], required=False)
    alt = forms.CharField(
        label=STEP_LABELS["alt"], required=False, widget=forms.TextInput(attrs={"class": "vTextField"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = Picture.objects.values_list("key", flat=True)
        self.fields["picture"].choices = [("", "–"), *((key, key) for key in keys)]  # type: ignore[attr-defined] # any Field, to the stubs


class VerifyingForm(forms.Form):
    """What is said when something is still right."""

    note = line(label=_("Note"), required=False, help_text=_("For the desk: what did you compare it with?"))
    seen = forms.IntegerField(widget=forms.HiddenInput)


class DraftField(forms.ModelChoiceField):
    """Drafts to choose from, each told apart from the others."""

    def label_from_instance(self, obj: Revision) -> str:
        """Its state, its title, who wrote it when, and what for."""
        written = f"{timezone.localtime(obj.written_at):%Y-%m-%d %H:%M}"
        parts = (str(obj), obj.body.get("title"), str(obj.author or ""), written, obj.note)
        return " · ".join(part for part in parts if part)


class SharingForm(forms.Form):
    """What is asked before a draft is shown to somebody without an account."""

    revision = DraftField(Revision.objects.none(), label=_("Text"), empty_label=None, widget=forms.RadioSelect)
    days = forms.IntegerField(
        label=_("Days"), min_value=1, max_value=30, initial=7, help_text=_("After that the link shows nothing.")
    )

    def __init__(self, *args: Any, revisions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revision"].queryset = revisions  # type: ignore[attr-defined] # any Field, to the stubs
        if len(revisions) == 1:  # of several nobody is to share one that they did not mean
            self.initial["revision"] = revisions[0].pk

    def clean_revision(self) -> Revision:
        """Words that can be shown as a page; half of one cannot."""
        revision: Revision = self.cleaned_data["revision"]
        try:
            read_text(revision.body)
        except Refused as refused:
            raise forms.ValidationError(
                [sentence(replace(each, where=place(each.where))) for each in refused.findings]
            ) from refused
        return revision


class RetiringArticleForm(RetiringForm):
    """What is asked before an article is taken down."""

    instead = forms.ModelChoiceField(
        Article.objects.none(),
        label=_("Send readers to"),
        required=False,
        empty_label=_("nothing: they are told that it is gone"),
    )
    field_order = ("note", "instead", "at", "zone")

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = LiveChange.objects.up_to(timezone.now()).values("document__translation__article")
        # Of what readers have never seen they would be told that it is gone.
        there = Article.objects.filter(pk__in=seen, binned_at=None)
        self.fields["instead"].queryset = there.exclude(pk=article.pk)  # type: ignore[attr-defined] # any Field, to the stubs


StepFormSet = forms.formset_factory(StepForm, extra=1, can_order=True, can_delete=True)
