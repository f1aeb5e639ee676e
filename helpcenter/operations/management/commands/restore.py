"""A backup, or what was replicated, into a database that has nothing in it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from helpcenter.operations.backups import Damaged, NotEmpty, restore
from helpcenter.operations.database import usable
from helpcenter.operations.replication import restore_replica


class Command(BaseCommand):
    help = "Bring a backup (a file) or a replica (a folder, or an address such as s3://…) into an empty database."
    requires_system_checks = []  # one of them opens the database, and would end in a traceback

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source")

    def handle(self, *args: object, **options: object) -> None:
        source = str(options["source"])
        try:
            with usable():
                if "://" in source or Path(source).is_dir():
                    if connection.vendor != "sqlite":
                        raise CommandError("replicas are of SQLite; PostgreSQL has its own, see docs/operating.md")
                    restore_replica(source)
                else:
                    restore(Path(source))
        except NotEmpty as error:
            raise CommandError(f"nothing was restored: the database has something in it already ({error})") from error
        except (Damaged, OSError) as error:
            raise CommandError(f"nothing was restored: {error}") from error
        self.stdout.write("restored; `make run` brings it up to date and serves it")
