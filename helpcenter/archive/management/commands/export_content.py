"""The whole content with its versions into a folder of plain files."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpcenter.archive.exporting import export


class Command(BaseCommand):
    help = "Write all content with its versions into an empty folder of plain files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: object, **options: object) -> None:
        folder = options["folder"]
        assert isinstance(folder, Path)
        try:
            count = export(folder, quiet=options["verbosity"] == 0)
        except FileExistsError as error:
            raise CommandError(f"{folder} is not empty; nothing was written") from error
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} versions and drafts in {folder}")
