"""An empty database becomes a site of any size, to see what grows with it."""

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from articles.models import Article
from articles.upkeep import look_at_everything
from helpcenter.delivery.database import UNUSABLE, lacks_migrations, usable
from helpcenter.delivery.generating import Wanted, generate, settle
from helpcenter.facts.sheets import sheet_at
from helpcenter.publishing.models import Document, Kind, LiveChange


class Command(BaseCommand):
    help = "Fill an empty database with the bundled content and so many generated articles, for measuring."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--articles", type=int, required=True, help="so many, each in every language")
        parser.add_argument("--versions", type=int, default=20, help="of each text (20)")
        parser.add_argument("--seed", type=int, default=1, help="the same number makes the same texts (1)")
        parser.add_argument("--no-search", action="store_true", help="leave them out of the search's index")

    def handle(self, *args: object, **options: object) -> None:
        articles, versions, seed = (int(str(options[name])) for name in ("articles", "versions", "seed"))
        wanted = Wanted(articles, versions, seed)
        if wanted.articles < 0 or wanted.versions < 1:
            raise CommandError("articles are counted from 0, versions from 1; nothing was changed")
        with usable():
            if lacks_migrations():
                raise CommandError("migrations are missing: run `manage.py migrate` first", returncode=UNUSABLE)
            if Document.objects.exists() or Article.objects.exists():
                raise CommandError("this database has content already; nothing was changed")
            with transaction.atomic():
                call_command("load_content", stdout=self.stdout, verbosity=options["verbosity"])
                now, sheets = timezone.now(), LiveChange.objects.of_kind(Kind.FACTS)
                generate(
                    wanted,
                    since=sheets.earliest("at").at,  # before there are facts readers see no text
                    now=now,
                    sheet=sheet_at(now),
                    indexed=not options["no_search"],
                    quiet=options["verbosity"] == 0,
                )
            settle()
            look_at_everything(now, quiet=options["verbosity"] == 0)
        self.stdout.write(f"{wanted.articles} articles of {wanted.versions} versions in every language")
