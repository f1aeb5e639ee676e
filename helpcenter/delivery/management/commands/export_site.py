"""Everything that readers see, as files for any file server."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import Http404
from django.http.request import split_domain_port, validate_host

from helpcenter.delivery.standby import Broken, NotOurs, export
from helpcenter.operations.database import UNUSABLE, lacks_migrations, usable


class Command(BaseCommand):
    help = "Write the whole reader side into a folder of files, with nginx's configuration. Writes only what changed."
    requires_system_checks = []  # one of them opens the database, and would end in a traceback

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--origin", required=True, help="where readers find it, such as https://guide.example")

    def handle(self, *args: object, **options: object) -> None:
        folder, origin = options["folder"], str(options["origin"]).rstrip("/")
        assert isinstance(folder, Path)
        _check(origin)
        with usable():
            if lacks_migrations():
                raise CommandError("migrations are missing: run `manage.py migrate` first", returncode=UNUSABLE)
            call_command("collectstatic", interactive=False, verbosity=0)
            try:
                done = export(folder, origin, quiet=options["verbosity"] == 0)
            except NotOurs as error:
                raise CommandError(f"{folder} has something else in it; nothing was written") from error
            except Broken as error:
                raise CommandError(f"the site failed, nothing was removed: {error}") from error
            except Http404 as error:
                raise CommandError(f"the site has nothing to show yet: {error}") from error
            except OSError as error:
                raise CommandError(str(error)) from error
        if done is None:
            self.stdout.write("nothing has changed; nothing was written")
            return
        self.stdout.write(f"{done.written} files written, {done.same} as they were, {done.removed} removed in {folder}")
        if done.configured:
            self.stdout.write(f"nginx has to read {folder / 'nginx'} (again)")


def _check(origin: str) -> None:
    scheme, host, *rest = urlsplit(origin)
    if scheme not in ("http", "https") or not host or any(rest):
        raise CommandError(f"{origin} is no origin: it is a scheme and a host, such as https://guide.example")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        raise CommandError(f"ALLOWED_HOSTS lacks {host}")
