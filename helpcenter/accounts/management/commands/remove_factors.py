"""For an editor who has lost passkey, app and recovery codes: the next sign-in asks to set them up anew."""

from argparse import ArgumentParser

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from helpcenter.accounts.sessions import end_sessions


class Command(BaseCommand):
    help = "Take away all second factors of an account and end its sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")

    @transaction.atomic
    def handle(self, *, name: str, **options: object) -> None:
        somebody = User.objects.filter(username=name).first()
        if somebody is None:
            raise CommandError(f"there is no account with the name {name!r}")
        number = Authenticator.objects.filter(user=somebody).exclude(type=Authenticator.Type.RECOVERY_CODES).count()
        Authenticator.objects.filter(user=somebody).delete()
        end_sessions(somebody)
        self.stdout.write(f"{name}: {number} second factors taken away; the next sign-in asks for a new one")
