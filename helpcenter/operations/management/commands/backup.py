"""The whole database as one file."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from helpcenter.operations.backups import Damaged, back_up, note_backup
from helpcenter.operations.database import usable


class Command(BaseCommand):
    help = "Write a backup of the database into a folder and look it through. The site goes on meanwhile."
    requires_system_checks = []  # one of them opens the database, and would end in a traceback

    def add_arguments(self, parser: CommandParser) -> None:
        said = "by default DATA_DIR/backups; another disk is better"
        parser.add_argument("folder", nargs="?", type=Path, default=settings.DATA_DIR / "backups", help=said)
        parser.add_argument("--keep", type=int, default=14, help="so many, the newest; older ones are deleted")

    def handle(self, *args: object, **options: object) -> None:
        folder, keep = options["folder"], options["keep"]
        assert isinstance(folder, Path)
        assert isinstance(keep, int)
        if keep < 1:
            raise CommandError("--keep: at least 1, the one that is being written")
        try:
            with usable():
                file = back_up(folder, timezone.now(), keep=keep)
            note_backup(settings.DATA_DIR)
        except (Damaged, OSError) as error:
            raise CommandError(f"there is no backup: {error}") from error
        self.stdout.write(f"{file} ({file.stat().st_size:,} bytes)")
