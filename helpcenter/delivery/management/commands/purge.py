"""The CDN in front forgets what was touched by what editors have published."""

from time import sleep

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from helpcenter.delivery.cdn import CDNS
from helpcenter.delivery.database import usable
from helpcenter.delivery.models import Touched
from helpcenter.delivery.purging import SETTLED, purge

REFUSED = 5
"""The exit code where the CDN did not say yes. Nothing is lost: the next run tells it again."""
LOOKS_EVERY, TELLS_AGAIN = 1, 30
"""Seconds: between two looks, and after it was away."""


class Command(BaseCommand):
    help = "Tell the CDN what was touched since the last time."
    requires_system_checks = []  # one of them opens the database, and would end in a traceback

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="everything, as after a new release")
        parser.add_argument("--follow", action="store_true", help="go on looking, beside the server")

    def handle(self, *args: object, **options: object) -> None:
        if not (settings.CDN and settings.CDN_PURGE):
            raise CommandError("CDN or CDN_PURGE is not set: there is nobody to tell")
        with usable():
            if options["all"]:
                Touched.everything()
            if not options["follow"]:
                try:
                    return self._tell()
                except OSError as error:
                    raise CommandError(f"the CDN did not say yes: {error}", returncode=REFUSED) from error
        while True:
            sleep(self._look())

    def _look(self) -> int:
        try:
            self._tell()
        except (OSError, DatabaseError) as error:
            self.stderr.write(f"told again in {TELLS_AGAIN} s: {error}")
            connection.close_if_unusable_or_obsolete()
            return TELLS_AGAIN
        return LOOKS_EVERY

    def _tell(self) -> None:
        if told := purge(CDNS[settings.CDN].send, settle=lambda: sleep(SETTLED)):
            self.stdout.write(f"purged: {' '.join(sorted(told))}")
            self.stdout.flush()
