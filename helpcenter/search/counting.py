"""What readers ask, so that editors can repair the search. Kept of the question, never of who asked."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F

from helpcenter.search.asking import key_of, search
from helpcenter.search.models import Question
from helpcenter.search.words import asked

KEPT_FOR = timedelta(days=180)
MOST_QUESTIONS = 5000
"""So many of a language are kept; whoever tries out words does not fill the disk."""

MOST_AGAIN = 200
"""So many questions are looked up again at once, the commonest first: an editor waits for it."""

PERSONAL = re.compile(r"@|(?:\d[\s().+-]*){6}")
"""An address, a telephone number, a card, however it is spaced: typed into the wrong field, and not kept."""


def count(question: str, language: str, *, clicked: bool, now: datetime) -> None:
    """Count that a question was asked, or that a result of it was followed."""
    words = key_of(question)
    if not words or PERSONAL.search(question):
        return
    known = Question.objects.filter(language=language, words=words[:400])
    if clicked:
        known.update(clicked=F("clicked") + 1)
        return
    found = len(search(question, language, now).hits)
    if known.update(times=F("times") + 1, found=found, last_asked=now):
        return
    Question.objects.filter(last_asked__lt=now - KEPT_FOR).delete()
    if Question.objects.filter(language=language).count() >= MOST_QUESTIONS:
        least = Question.objects.filter(language=language).order_by("times", "last_asked").values("pk")[:1]
        Question.objects.filter(pk__in=list(least.values_list("pk", flat=True))).delete()
    Question.objects.get_or_create(
        language=language,
        words=words[:400],
        defaults={"asked_as": question, "times": 1, "found": found, "last_asked": now},
    )


def look_again(language: str, lines: Iterable[str], now: datetime) -> None:
    """Count anew what the questions find that have a word of these lines: an editor has changed what it means."""
    meant = {word.text for line in lines for word in asked(line)}
    touched = [each for each in Question.objects.filter(language=language) if meant & {*each.words.split()}]
    for each in touched[:MOST_AGAIN]:
        each.found = len(search(each.asked_as, language, now).hits)
    Question.objects.bulk_update(touched[:MOST_AGAIN], ["found"])
