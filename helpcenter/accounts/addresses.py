"""Where editors sign in, and from where somebody asks: one address for every limit and for the list of sessions."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

DESK = "/admin/"
"""Below it are the editors' pages, and nowhere else are cookies."""

PASSWORDS = tuple(f"{DESK}account/{page}/" for page in ("login", "reauthenticate", "password"))
"""Below these a password is typed. To hash one takes long on purpose: nobody holds the database meanwhile."""


def network_of(meta: Mapping[str, Any]) -> str:
    """The address that asks; of IPv6 the first of those that one household has. Nothing for what is no address."""
    try:
        address = ipaddress.ip_address(meta.get(settings.CLIENT_ADDRESS, "").strip())
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address  # as who listens on :: is told of the others
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def network(request: HttpRequest) -> str | None:
    """As django-axes asks for it."""
    return network_of(request.META) or None
