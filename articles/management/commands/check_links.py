"""What leads to nothing, in every language, drafts and plans included. Asks no other site."""

import sys

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from articles.dangling import dangling
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
        found = list(dangling(timezone.now()))
        for each in found:
            self.stdout.write(f"{each.text}, {each.revision}, {each.where}: {each.get_kind_display()} {each.target}")
        self.stdout.write(f"{len(found)} lead to nothing")
        if found:
            sys.exit(DANGLING)
