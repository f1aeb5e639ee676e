"""Lists of the desk from which nothing is deleted: what is deleted lies in the bin, from which it is taken out."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.bin import in_the_way, put, take_out
from articles.models import Article, Redirect
from helpcenter.domain.findings import Refused
from helpcenter.publishing.admin import ForTheDesk
from helpcenter.publishing.wording import sentence


def refuse_what_is_in_the_bin(model: type[Article] | type[Redirect], field: str, value: str) -> str:
    """A value that nothing in the bin has kept; a form would only say of it that it is taken."""
    binned = Q(binned_at__isnull=False)
    if model is Redirect:
        binned |= Q(article__binned_at__isnull=False)
    if model.objects.filter(binned, **{field: value}).exists():
        raise ValidationError(_("This one is in the bin. Take it out of there, and change it as you need it."))
    return value


class BinFilter(admin.SimpleListFilter):
    """What is in the bin; without it, what is not."""

    title = gettext_lazy("bin")
    parameter_name = "bin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("in", gettext_lazy("in the bin"))]

    def choices(self, changelist: Any) -> Any:
        """What the stock filter calls all is all that is not in the bin."""
        rest, *binned = super().choices(changelist)
        return [{**rest, "display": _("not in the bin")}, *binned]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(binned_at__isnull=self.value() is None)


class WithBin(ForTheDesk):
    """To delete something here puts it in the bin."""

    actions = ("take_out_of_the_bin",)
    delete_confirmation_template = "admin/articles/into_the_bin.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request) and (obj is None or obj.binned_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_actions(self, request: HttpRequest, action_location: Any = ActionLocation.CHANGE_LIST) -> Any:
        """One by one, each on its own page: what is in the way of one is not told among many."""
        actions = super().get_actions(request, action_location=action_location)
        actions.pop("delete_selected", None)
        return actions

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Nothing goes along; what is in the way is told before anybody is asked."""
        now = timezone.now()
        articles = [each for each in objs if isinstance(each, Article)]
        return [], {}, set(), [sentence(finding) for each in articles for finding in in_the_way(each, now)]

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Asked before, as the stock admin does; what came in the way only meanwhile stands above the thing itself."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refused as refused:
            for finding in refused.findings:
                messages.error(request, sentence(finding))
            return HttpResponseRedirect(reverse(f"admin:articles_{self.opts.model_name}_change", args=[object_id]))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Back to the list, with where it is now."""
        url = reverse(f"admin:articles_{self.opts.model_name}_changelist")
        said = format_html('{} <a href="{}?bin=in">{}</a>', _("“%s” lies in the bin.") % obj_display, url, _("Bin"))
        messages.success(request, said)
        return HttpResponseRedirect(url)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        put(obj, now=timezone.now())

    @admin.action(description=gettext_lazy("Take out of the bin"), permissions=["change"])
    def take_out_of_the_bin(self, request: HttpRequest, queryset: Any) -> None:
        """As it was before."""
        for each in queryset:
            take_out(each)
        messages.success(request, _("Taken out of the bin."))
