"""What readers say, at the desk: a page for each text with its score by version and their comments."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.texts import TranslationAdmin
from articles.models import Translation
from helpcenter.domain.review import Role
from helpcenter.feedback.models import Vote
from helpcenter.feedback.rates import WIDTH, bars, editions_of
from helpcenter.publishing import people
from helpcenter.publishing.admin import ForTheDesk
from helpcenter.publishing.desk.forms import number
from helpcenter.publishing.desk.lists import names
from helpcenter.publishing.models import Document


class CommentFilter(admin.SimpleListFilter):
    """Answers with words, by whether somebody has seen to them."""

    title = gettext_lazy("comment")
    parameter_name = "comment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waits", gettext_lazy("waits")), ("seen", gettext_lazy("seen to"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in ("waits", "seen"):
            return queryset
        return queryset.exclude(comment="").filter(seen_to=self.value() == "seen")


@admin.register(Vote)
class VoteAdmin(ForTheDesk):
    """Every answer, newest first. What was seen to stays."""

    list_display = ("text", "comment", "helped", "reason", "stands", "version", "at")
    list_filter = (CommentFilter, "helped", "reason", "revision__document__language")
    list_select_related = ("revision__document__translation__article",)
    list_display_links = None
    search_fields = ("comment", "revision__document__translation__article__slug")

    def prepare(self, rows: list[Any]) -> None:
        """What each text is called."""
        called = names((vote.revision.document for vote in rows), timezone.now())
        for vote in rows:
            vote.called = called[vote.revision.document_id]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("Text"))
    def text(self, vote: Vote) -> str:
        """The text that was read; leads to what all its readers say."""
        href = reverse("admin:feedback_vote_text", args=[vote.revision.document_id])
        return format_html('<a href="{}">{}</a>', href, vote.called)  # type: ignore[attr-defined] # see prepare

    @admin.display(description=gettext_lazy("State"))
    def stands(self, vote: Vote) -> str:
        """Whether somebody has seen to what it says; of an answer without words there is nothing to see to."""
        if not vote.comment:
            return "–"
        return _("seen to") if vote.seen_to else _("waits")

    @admin.display(description=gettext_lazy("version"))
    def version(self, vote: Vote) -> int | None:
        """The version of it."""
        return vote.revision.number

    def get_urls(self) -> Any:
        of_text = self.admin_site.admin_view(self.text_view)
        return [path("text/<key:pk>/", of_text, name="feedback_vote_text"), *super().get_urls()]

    def text_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What readers said of a text."""
        text = get_object_or_404(Translation.objects.select_related("article"), pk=pk)
        may = Role.AUTHOR in people.roles(request.user)  # type: ignore[arg-type] # signed in, see admin_view
        votes = Vote.objects.filter(revision__document=text).select_related("revision")
        if request.method == "POST" and may:
            shown, ticked = ([number(each) for each in request.POST.getlist(name)] for name in ("shown", "seen"))
            for each in votes.filter(pk__in={*shown, *ticked}):
                if each.seen_to != (each.pk in ticked):
                    each.seen_to = not each.seen_to
                    each.save(update_fields=["seen_to"])  # one by one: the audit sees what is saved
            messages.success(request, _("Noted."))
            return HttpResponseRedirect(request.path)
        if not self.has_view_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        found = editions_of(text)
        context = {
            **self.admin_site.each_context(request),
            "title": _("What readers say of %s") % names([text], timezone.now())[text.pk],
            "opts": self.opts,
            "text": text,
            "editions": found[::-1],
            "bars": bars(found),
            "width": WIDTH * len(found),
            "said": votes.exclude(comment="", reason=""),
            "may": may,
        }
        return render(request, "admin/feedback/text.html", context)


def _answers(document: Document) -> tuple[str, str]:
    count = Vote.objects.filter(revision__document=document).count()
    return _("What readers say (%s)") % count, reverse("admin:feedback_vote_text", args=[document.pk])


TranslationAdmin.more_tools.append(_answers)
