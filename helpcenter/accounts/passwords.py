"""What a password is here: nothing that whoever knows this site, or other people's passwords, would try first."""

import re

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS = ("midjourney", "discord", "helpcenter", "cancel", "subscription", "refund", "editor", "admin", "guide", "desk")
LETTERS = 4
"""So many must be left beside them."""


class NoWordsOfOurs:
    """A password validator (Django): words of this site with some digits are none."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for what is little more than such words."""
        rest, found = re.subn("|".join(WORDS), "", password.lower())
        if found and len(re.sub(r"[\W\d_]", "", rest)) < LETTERS:
            raise ValidationError(_("This password is little more than words of this site."), code="words_of_ours")

    def get_help_text(self) -> str:
        """What to do."""
        return _("Your password can't be little more than words of this site.")


class Hashed(str):
    """A password with its hash: to make it takes long on purpose, and nobody holds the database meanwhile."""

    def __init__(self, password: str) -> None:
        self.hash = make_password(password)


READ = 72
"""So many characters of a password are looked at: more takes seconds."""
HARD = 4
"""The best of zxcvbn's marks: more than ten thousand million guesses."""


class NotSoonGuessed:
    """A password validator (Django): no common passwords, names, keys in a row or years put together (zxcvbn)."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for what programs that guess passwords would soon come to."""
        from zxcvbn import zxcvbn  # 11 MB of words, which only whoever chooses a password needs

        if zxcvbn(password[:READ])["score"] < HARD:
            raise ValidationError(_("A program would soon guess this password."), code="soon_guessed")

    def get_help_text(self) -> str:
        """What to do."""
        return _("Some words that do not belong together are hard to guess and easy to keep.")
