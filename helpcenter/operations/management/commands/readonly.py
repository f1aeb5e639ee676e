"""Readers go on reading, and nothing is written through the site."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from helpcenter.operations.readonly import switch_off, switch_on


class Command(BaseCommand):
    help = "Let nothing be written through the site for a while, or everything again. Needs no restart."
    requires_system_checks = []  # one of them opens the database, which may be why

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("switch", choices=["on", "off"])
        parser.add_argument("--minutes", type=int, default=30, help="what people are told: when to come back")

    def handle(self, *args: object, **options: object) -> None:
        minutes = options["minutes"]
        assert isinstance(minutes, int)
        if options["switch"] == "on":
            switch_on(timezone.now() + timedelta(minutes=minutes))
        else:
            switch_off()
