"""What somebody should have checked by now, for whoever looks after the site or its alarm."""

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from articles.models import Translation
from articles.verifying import checked

OVERDUE = 1
"""The exit code where something is."""


class Command(BaseCommand):
    help = "List the articles that should have been checked by now. Exit code 1 if there are any."

    def handle(self, *args: object, **options: object) -> None:
        now = timezone.now()
        late = {pk: each for pk, each in checked(now).items() if each.due < timezone.localdate(now)}
        for text in Translation.objects.filter(pk__in=late).select_related("article__owner"):
            owner = text.article.owner or "–"
            self.stdout.write(f"{text}: last checked {late[text.pk].last}, due {late[text.pk].due}, owner {owner}")
        self.stdout.write(f"{len(late)} overdue")
        if late:
            sys.exit(OVERDUE)
