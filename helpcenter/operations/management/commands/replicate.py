"""Send every change of the SQLite database on, until it is told to end."""

import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from helpcenter.operations.replication import PROGRAM, configuration


class Command(BaseCommand):
    help = "Replicate the SQLite database to a folder or an address (s3://…) while the site runs, by Litestream."
    requires_system_checks = []  # one of them opens the database, and would end in a traceback

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("replica")

    def handle(self, *args: object, **options: object) -> None:
        if connection.vendor != "sqlite":
            raise CommandError("replicas are of SQLite; PostgreSQL has its own, see docs/operating.md")
        database = Path(connection.settings_dict["NAME"])
        told = configuration(database, str(options["replica"]), settings.DATA_DIR)
        # Not a child but this very process, so that a signal reaches it.
        os.execv(PROGRAM, [str(PROGRAM), "replicate", "-config", str(told)])
