"""The generated texts as others search them: plain LIKE, and the index of a library (modelsearch)."""

from django.db import models
from modelsearch.index import FilterField, Indexed, SearchField


class Text(Indexed, models.Model):
    """What a generated article says: as it was written, and cut into words, without which the library finds no Han."""

    revision_id = models.BigIntegerField(primary_key=True)
    language = models.CharField(max_length=10)
    plain = models.TextField()
    title = models.TextField()
    body = models.TextField()

    search_fields = [SearchField("title", boost=2), SearchField("body"), FilterField("language")]

    def __str__(self):
        return self.plain
