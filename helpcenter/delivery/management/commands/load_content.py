"""Bring the bundled fact sheet, articles and flow before readers. Can run again and again."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from articles.loading import load_articles
from helpcenter.facts.loading import load_sheet
from helpcenter.publishing.loading import BundleError, Loaded
from helpcenter.wizard.loading import load_flow


class Command(BaseCommand):
    help = "Load the bundled content. What editors have changed stays as it is; what is unchanged is left alone."

    def handle(self, *args: object, **options: object) -> None:
        now = timezone.now()
        try:
            with transaction.atomic():
                done = [("facts.yaml", load_sheet(now)), *load_articles(now), ("flow.yaml", load_flow(now))]
        except BundleError as error:
            raise CommandError(f"nothing was loaded:\n{error}") from error
        for name, outcome in done:
            if outcome is not Loaded.UNCHANGED:
                self.stdout.write(f"{name}: {outcome}")
        unchanged = sum(outcome is Loaded.UNCHANGED for _, outcome in done)
        self.stdout.write(f"{len(done)} bundled files, {unchanged} unchanged")
