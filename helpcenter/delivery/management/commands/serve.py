"""Prepare the data directory and become the production server: the one command behind `make run`."""

import os
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError


class Command(BaseCommand):
    help = "Migrate, load the bundled content, collect the static files and serve on HOST:PORT."

    def handle(self, *args: object, **options: object) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as error:
            raise CommandError(f"the database cannot be used: {error}", returncode=3) from error
        call_command("load_content")
        call_command("collectstatic", interactive=False, verbosity=0)
        host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
        self.stdout.write(f"http://{host}:{settings.PORT}/")
        self.stdout.flush()
        granian = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi"),
            *("--host", settings.HOST, "--port", str(settings.PORT)),
            # A request takes milliseconds: more threads would only wait for the interpreter.
            *("--blocking-threads", "4", "--backpressure", "128"),
            *("--log-level", "warning", "helpcenter.wsgi:application"),
        ]
        # Not a child but this very process, so that SIGTERM and Ctrl-C reach the server.
        os.execv(sys.executable, granian)
