"""What `manage.py check --deploy` says beside Django's own: connections to other machines that others could read."""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Warned


@register(Tags.security, deploy=True)
def connections_are_encrypted(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """To the database and to mail, and by a certificate that is looked at; on this machine nobody listens."""
    return list(_open_to_others())


def _open_to_others() -> Iterator[CheckMessage]:
    database = settings.DATABASES["default"]
    if _is_elsewhere(database.get("HOST")) and database.get("OPTIONS", {}).get("sslmode") != "verify-full":
        yield Warned("DATABASE_URL: the server is another machine.", "Add ?sslmode=verify-full.", id="operations.W001")
    mail = settings.MAILERS["default"].get("OPTIONS", {})
    if _is_elsewhere(mail.get("host")) and not (mail["use_tls"] or mail["use_ssl"]):
        yield Warned("EMAIL_URL: mail goes in the open.", "Say submission:// or smtps://.", id="operations.W002")
    if settings.CDN_PURGE and not settings.CDN_PURGE.startswith("https://"):
        yield Warned("CDN_PURGE: its token goes in the open.", "Say https://.", id="operations.W003")


def _is_elsewhere(host: str | None) -> bool:
    """A socket (a path, or nothing) is here."""
    if not host or host.startswith("/") or host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True
