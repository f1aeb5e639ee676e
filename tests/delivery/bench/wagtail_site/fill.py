"""A database with 200 articles of about the size of ours."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "wagtail_site.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from wagtail.models import Page, Site  # noqa: E402
from wagtail_site.models import Article  # noqa: E402

SENTENCE = "Whoever wants to leave finds the way out here, step by step, and what to do if a step does not go well. "


def body(number: int) -> list[tuple[str, str]]:
    """Ten parts, three of them with a link to another page."""
    parts = []
    for part in range(10):
        link = f'<a linktype="page" id="{number + part + 3}">another article</a>' if part < 3 else "no other article"
        parts += [("heading", f"Part {part}"), ("text", f"<p>{SENTENCE * 15} See {link}.</p>")]
    return parts


call_command("migrate", verbosity=0)
root = Page.objects.get(depth=1)
for page in root.get_children():
    page.delete()
root.refresh_from_db()
home = root.add_child(instance=Article(title="Home", slug="home", body=body(3)))
Site.objects.all().delete()
Site.objects.create(hostname="127.0.0.1", root_page=home, is_default_site=True)
for number in range(200):
    slug = f"article-{number}" if number else "article"
    home.add_child(instance=Article(title=f"Article {number}", slug=slug, body=body(number)))
