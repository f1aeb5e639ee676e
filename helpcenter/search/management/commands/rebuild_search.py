"""Index everything anew: after words are read in another way, or when in doubt."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from helpcenter.search.indexing import rebuild


class Command(BaseCommand):
    help = "Make the search's index anew from what readers see and will see."

    def handle(self, *args: object, verbosity: int, **options: object) -> None:
        count = rebuild(timezone.now(), quiet=verbosity == 0)
        self.stdout.write(f"{count} entries")
