"""What a new version of a text means to those who know the old one."""

from enum import StrEnum


class Significance(StrEnum):
    """What a change means to readers and translators."""

    TYPO = "typo"
    CONTENT = "content"
    MAJOR = "major"
