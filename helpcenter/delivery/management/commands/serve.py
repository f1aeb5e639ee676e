"""Prepare the data directory and become the production server: the one command behind `make run`."""

import os
import socket
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from helpcenter.delivery.database import usable
from helpcenter.delivery.granian import command
from helpcenter.delivery.models import Touched
from helpcenter.publishing.models import Revision

PORT_TAKEN = 4
"""The exit code where somebody else listens."""


class Command(BaseCommand):
    help = "Migrate, load the bundled content, collect the static files and serve on HOST:PORT."
    requires_system_checks = []  # one of them opens the database, and would end in a traceback

    def handle(self, *args: object, **options: object) -> None:
        _refuse_a_taken_port(settings.HOST, settings.PORT)
        with usable():
            settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
            call_command("migrate", interactive=False, verbosity=0)
            self._load()
            if settings.CDN:
                Touched.everything()  # this may be another release than the one before
        call_command("collectstatic", interactive=False, verbosity=0)
        host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
        self.stdout.write(f"http://{host}:{settings.PORT}/")
        self.stdout.flush()
        # Not a child but this very process, so that SIGTERM and Ctrl-C reach the server.
        os.execv(sys.executable, command(settings.HOST, settings.PORT))

    def _load(self) -> None:
        """What was live stays live: only a site without anything to show does not start with a broken bundle."""
        try:
            call_command("load_content")
        except CommandError as error:
            if not Revision.objects.live(timezone.now()).exists():
                raise
            self.stderr.write(f"{error}\nserving what is live already")


def _refuse_a_taken_port(host: str, port: int) -> None:
    """Two servers would share it: the server lets the kernel hand out connections to any that listen there."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        raise CommandError(f"cannot listen on {host}:{port}: {error.strerror}", returncode=PORT_TAKEN) from error
