"""Where editors sign in, and from where: the same address for the lock-out, its limits and the list of sessions."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

DESK = "/admin/"
"""Below it are the editors' pages, and nowhere else are cookies."""


def network(request: HttpRequest) -> str | None:
    """The address that asks; of IPv6 the first of those that one household has. None for what is no address."""
    said = request.META.get(settings.CLIENT_ADDRESS, "")
    try:
        address = ipaddress.ip_address(said.strip())
    except ValueError:
        return None
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)
