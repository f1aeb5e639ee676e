"""Pictures that no version and no draft shows."""

from django.core.management.base import BaseCommand, CommandParser

from articles.models import Picture


class Command(BaseCommand):
    help = "List the pictures that no version and no draft shows. Deletes nothing unless told to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--delete", action="store_true", help="delete them")

    def handle(self, *args: object, **options: object) -> None:
        unused = [picture for picture in Picture.objects.all() if not picture.is_used()]
        for picture in unused:
            self.stdout.write(picture.key)
            if options["delete"]:
                picture.delete()
        self.stdout.write(f"{len(unused)} unused, {'deleted' if options['delete'] else 'nothing was deleted'}")
