"""Bring the bundled fact sheet, articles and flow before readers. Can run again and again."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from articles.loading import load_articles
from articles.upkeep import catch_up
from helpcenter.domain.findings import Refused
from helpcenter.facts.loading import load_sheet
from helpcenter.operations.database import UNUSABLE, lacks_migrations, usable
from helpcenter.publishing.changes import fitting
from helpcenter.publishing.loading import BundleError, Loaded, check_together
from helpcenter.publishing.wording import sentence
from helpcenter.search.loading import load_synonyms
from helpcenter.wizard.loading import load_flow


class Command(BaseCommand):
    help = "Load the bundled content. What editors have changed stays as it is; what is unchanged is left alone."

    requires_system_checks = []  # one of them opens the database, and would end in a traceback

    def handle(self, *args: object, **options: object) -> None:
        now = timezone.now()
        with usable():
            if lacks_migrations():
                raise CommandError("migrations are missing: run `manage.py migrate` first", returncode=UNUSABLE)
        try:
            with usable(), transaction.atomic():
                with fitting(now):
                    done = [load_sheet(now), *load_articles(now), load_flow(now)]
                    check_together(done, now)
                load_synonyms()
            with usable():
                catch_up(now)  # here, where nobody waits for a list: after an upgrade it may be all texts
        except BundleError as error:
            raise CommandError(f"nothing was loaded:\n{error}") from error
        except Refused as refused:
            found = "\n".join(sentence(finding) for finding in refused.findings)
            raise CommandError(
                f"nothing was loaded, for what editors have planned does not fit it:\n{found}"
            ) from refused
        changed = [brought for brought in done if brought.outcome is not Loaded.UNCHANGED]
        for brought in changed:
            self.stdout.write(f"{brought.file.name}: {brought.outcome}")
        self.stdout.write(f"{len(done)} bundled files, {len(done) - len(changed)} unchanged")
