"""An exported folder into a database without content."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpcenter.archive.importing import ArchiveError, read, write


class Command(BaseCommand):
    help = "Import a folder that export_content wrote. Reads and looks at all of it before anything is written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        said = "do all of it and take it back: say what is in it, or what is wrong"
        parser.add_argument("--dry-run", action="store_true", help=said)

    def handle(self, *args: object, **options: object) -> None:
        folder, quiet = options["folder"], options["verbosity"] == 0
        assert isinstance(folder, Path)
        try:
            contents = read(folder, quiet=quiet)
            self.stdout.write(
                f"{len(contents.articles)} articles, {len(contents.documents)} documents, "
                f"{len(contents.revisions)} versions and drafts, {len(contents.site['pictures'])} pictures, "
                f"{len(contents.people)} people"
            )
            write(contents, quiet=quiet, dry_run=bool(options["dry_run"]))
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("nothing was written" if options["dry_run"] else "imported")
