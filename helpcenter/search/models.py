"""The index: what can be found, which words there are, and the synonyms that editors keep."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from helpcenter.publishing.models import Revision, languages_by_name

FIELDS = ("title", "asked", "steps", "trouble", "body", "former")
"""The fields of an entry whose words are searched."""


class Entry(models.Model):
    """The words of a version that readers see or will see, folded, with a space between; one field for each weight.

    The database indexes them itself: on SQLite a full-text table stands beside this one, on PostgreSQL a generated
    column, both made by a migration (helpcenter.search.engines).
    """

    revision = models.OneToOneField(Revision, models.CASCADE, related_name="+", verbose_name=_("revision"))
    language = models.CharField(max_length=10)
    title = models.TextField()
    asked = models.TextField()  # its headings, and the questions that it answers
    steps = models.TextField()
    trouble = models.TextField()  # what to do if a step does not go as it should
    body = models.TextField()
    former = models.TextField()  # the titles that it had before

    class Meta:
        verbose_name = _("entry of the index")
        verbose_name_plural = _("entries of the index")

    def __str__(self) -> str:
        return f"{self.revision} ({self.language})"


EVERY_ENTRY = ""
"""The word that every entry has: its uses are how many there are."""


class Term(models.Model):
    """A word of the index, and how many entries have it."""

    language = models.CharField(max_length=10)
    text = models.CharField(max_length=40)
    uses = models.IntegerField()

    class Meta:
        verbose_name = _("word of the index")
        verbose_name_plural = _("words of the index")
        constraints = [models.UniqueConstraint(fields=["language", "text"], name="one_term_of_a_language")]

    def __str__(self) -> str:
        return f"{self.text} ({self.uses})"


class Spelling(models.Model):
    """What somebody may type who means a word: one letter less, or Han that sound alike."""

    language = models.CharField(max_length=10)
    typed = models.CharField(max_length=60)
    meant = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("spelling")
        verbose_name_plural = _("spellings")
        constraints = [models.UniqueConstraint(fields=["language", "typed", "meant"], name="one_spelling_of_a_word")]

    def __str__(self) -> str:
        return f"{self.typed} → {self.meant}"


class Synonym(models.Model):
    """Words that readers use for the same thing: whoever types one finds what is said with another. Acts at once."""

    language = models.CharField(_("language"), max_length=10, choices=languages_by_name)
    words = models.TextField(
        _("words"), help_text=_("One on each line. Case, width and script do not matter: Simplified finds Traditional.")
    )

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["language", "words"]

    def __str__(self) -> str:
        return " = ".join(self.words.split("\n"))


class Question(models.Model):
    """What readers have asked, each question once with how often; of nobody in particular."""

    language = models.CharField(_("language"), max_length=10, choices=languages_by_name)
    words = models.CharField(max_length=400)  # as they are looked up: what means the same is one question
    asked_as = models.CharField(_("question"), max_length=200)
    times = models.PositiveIntegerField(_("times"), default=0)
    clicked = models.PositiveIntegerField(_("followed"), default=0)
    found = models.PositiveIntegerField(_("articles found"), default=0)
    last_asked = models.DateTimeField(_("last asked"))

    class Meta:
        verbose_name = _("question asked")
        verbose_name_plural = _("questions asked")
        ordering = ["-times", "asked_as"]
        constraints = [models.UniqueConstraint(fields=["language", "words"], name="one_row_for_a_question")]

    def __str__(self) -> str:
        return self.asked_as


class Pin(models.Model):
    """The article that comes first for a question, whatever the index says."""

    language = models.CharField(_("language"), max_length=10, choices=languages_by_name)
    question = models.CharField(
        _("question"), max_length=200, help_text=_("Case, width, script, endings and order do not matter.")
    )
    article = models.ForeignKey(Article, models.CASCADE, related_name="+", verbose_name=_("article"))

    class Meta:
        verbose_name = _("pinned result")
        verbose_name_plural = _("pinned results")
        ordering = ["language", "question"]

    def __str__(self) -> str:
        return f"{self.question} → {self.article}"
