"""Uploaded pictures."""

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from articles.models import Picture
from articles.pictures import Encoded, encode
from helpcenter.publishing.admin import ForTheDesk
from helpcenter.references.models import Reference, Target


class PictureForm(forms.ModelForm):
    """A picture to upload."""

    file = forms.FileField(
        label=_("File"), help_text=_("PNG, JPEG, WebP or AVIF, up to 10 MB. Where it was taken is not kept.")
    )

    class Meta:
        model = Picture
        fields = ("key",)

    def clean_file(self) -> list[Encoded]:
        """Its sizes; what is wrong with it stands beside the field."""
        file = self.cleaned_data["file"]
        return encode(file, file.size)


@admin.register(Picture)
class PictureAdmin(ForTheDesk):
    """Uploaded pictures. One that any version shows is not deleted."""

    form = PictureForm
    list_display = ("key", "thumbnail", "size", "used", "by", "at")
    search_fields = ("key",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by").prefetch_related("renditions")

    def prepare(self, rows: list[Any]) -> None:
        """The texts that show each, asked for all of them at once."""
        uses = Reference.objects.to(Target.PICTURE, *(picture.key for picture in rows))
        found: defaultdict[str, list[Reference]] = defaultdict(list)
        for use in uses.select_related("revision__document__translation__article"):
            found[use.target].append(use)
        for picture in rows:
            picture.uses = found[picture.key]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # another picture is another upload

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Of what is asked for: the pictures, and as what protects them the texts that show them."""
        pictures = list(objs)
        self.prepare(pictures)
        protected = [f"{picture}: {self.used(picture)}" for picture in pictures if picture.uses]
        return [str(picture) for picture in pictures], {self.opts.verbose_name_plural: len(pictures)}, set(), protected

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("key", "thumbnail", "size", "used", "by", "at") if obj else ("key", "file")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.get_fields(request, obj) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.by, obj.at = request.user, timezone.now()
        with transaction.atomic():
            obj.save()
            for each in form.cleaned_data["file"]:
                obj.renditions.create(width=each.width, height=each.height, digest=each.digest, content=each.content)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for each in queryset:
            if not each.is_used():
                each.delete()

    @admin.display(description=_("Picture"))
    def thumbnail(self, picture: Picture) -> str:
        """The smallest size."""
        smallest = picture.renditions.all()[0]
        return format_html('<img src="{}" width="120" alt="">', smallest.href)

    @admin.display(description=_("size"))
    def size(self, picture: Picture) -> str:
        """Width and height of the largest."""
        return f"{picture.largest.width} × {picture.largest.height}"

    @admin.display(description=_("used in"))
    def used(self, picture: Picture) -> str:
        """The texts that show it, of every version."""
        if not hasattr(picture, "uses"):
            self.prepare([picture])
        uses: list[Reference] = picture.uses  # type: ignore[attr-defined] # see prepare
        return ", ".join(dict.fromkeys(f"{use.text} ({use.revision})" for use in uses)) or "–"
