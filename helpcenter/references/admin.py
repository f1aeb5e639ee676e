"""Where used, and the hosts that texts may link to."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from helpcenter.publishing.admin import ForTheDesk
from helpcenter.publishing.desk.lists import address, desk_of
from helpcenter.publishing.desk.tables import Listed
from helpcenter.references.hosts import outbound_host
from helpcenter.references.models import OutboundHost, Reference, Target


@admin.register(Reference)
class ReferenceAdmin(ForTheDesk):
    """The one table of what points at what: of texts that readers see, that are planned, that are being written."""

    list_display = ("target", "kind", "place", "text", "revision")
    list_display_links = None
    list_filter = ("kind", "revision__document__language", "revision__state")
    search_fields = ("target",)
    search_help_text = _("A fact's key, an article's slug, a part of an address.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reference]:
        return Reference.objects.in_use(timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("text"))
    def text(self, reference: Reference) -> str:
        """The document that points, and the way there."""
        document = reference.revision.document
        href = f"{address('change', document)}?revision={reference.revision_id}"
        return format_html('<a href="{}">{}</a>', href, reference.text)

    @admin.display(description=_("in"))
    def place(self, reference: Reference) -> str:
        """Where in it."""
        words: str = desk_of(reference.revision.document).place(reference.where)
        return words


@admin.register(OutboundHost)
class OutboundHostAdmin(Listed):
    """Kept by administrators."""

    list_display = ("host", "reason")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A host that texts link to stays: its uses are named, and Django's page refuses."""
        hosts = {each.host for each in objs}
        links = Reference.objects.in_use(timezone.now()).filter(kind=Target.OUTBOUND)
        uses = [str(link) for link in links if outbound_host(link.target) in hosts]
        to_delete, counted, lacking, protected = super().get_deleted_objects(objs, request)
        return to_delete, counted, lacking, [*protected, *uses]
