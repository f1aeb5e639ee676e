"""A page of headings and paragraphs."""

from wagtail.blocks import CharBlock, RichTextBlock
from wagtail.fields import StreamField
from wagtail.models import Page


class Article(Page):
    """An article."""

    body = StreamField([("heading", CharBlock()), ("text", RichTextBlock())])
    template = "article.html"

    def get_context(self, request, *args, **kwargs):
        """With a dozen of its neighbours."""
        return super().get_context(request, *args, **kwargs) | {"siblings": self.get_siblings().live()[:12]}
