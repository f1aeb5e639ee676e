"""What leads to nothing, now or after a planned change, in every language, drafts included. Asks no other site."""

import sys

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from articles.dangling import dangling_from
from helpcenter.publishing.models import Revision
from helpcenter.references.indexing import index

DANGLING = 1
"""The exit code where something does."""


class Command(BaseCommand):
    help = "List links, #ids, steps, facts and hosts that lead to nothing. Exit code 1 if there are any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--index", action="store_true", help="write the table of references anew first")

    def handle(self, *args: object, **options: object) -> None:
        if options["index"]:
            self.stdout.write(f"{index(Revision.objects.select_related('document'))} references")
        now = timezone.now()
        found = list(dangling_from(now))
        for each, at in found:
            since = f" from {timezone.localtime(at):%Y-%m-%d %H:%M} on" if at > now else ""
            what = f"{each.get_kind_display()} {each.target}{since}"
            self.stdout.write(f"{each.text}, {each.revision}, {each.where}: {what}")
        self.stdout.write(f"{len(found)} lead to nothing")
        if found:
            sys.exit(DANGLING)
