"""What a reader may add to an answer."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from helpcenter.feedback.models import MOST_LETTERS, Reason

PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.\w|(?:\d[ -]?){10,}")
"""An address of somebody, a telephone number, a card."""


class MoreForm(forms.Form):
    """Why, and in their words. Both may stay empty."""

    reason = forms.ChoiceField(label=_("What was wrong?"), choices=Reason, required=False, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("In your words"),
        help_text=_("No names, addresses or card numbers, please. Nobody can write back to you from here."),
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": None}),
        error_messages={"max_length": _("At most %(limit_value)d characters; these are %(show_value)d.")},
    )

    def __init__(self, *args: object, helped: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # a form's own
        if helped:
            del self.fields["reason"]

    def clean_comment(self) -> str:
        """Words that say nothing of who wrote them."""
        comment: str = self.cleaned_data["comment"]
        if PERSONAL.search(comment):
            raise ValidationError(_("This looks like an address or number of yours. Take it out: editors read it."))
        return comment
