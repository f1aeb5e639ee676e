"""The ways out of a subscription."""

from enum import StrEnum


class CancellationPath(StrEnum):
    """A way to cancel: on the website (F23), by Discord's bot (F28), by the link in a billing mail (F32)."""

    WEB = "web"
    DISCORD = "discord"
    EMAIL = "email"
