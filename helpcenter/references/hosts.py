"""Readers are sent only to hosts that an administrator has allowed."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from helpcenter.domain.findings import Finding
from helpcenter.references.models import OutboundHost


def check_hosts(links: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """A finding for each outbound link (where it stands, its address) to a host that is not on the list."""
    outbound = [(where, host) for where, link in links if (host := outbound_host(link))]
    if outbound:
        allowed = set(OutboundHost.objects.values_list("host", flat=True))
        for where, host in outbound:
            if host not in allowed:
                yield Finding("host-not-allowed", where, details={"host": host})


def outbound_host(link: str) -> str:
    """The host that a link leads to; empty for one that stays here or writes a mail. Only encrypted pages count.

    What is no address at all counts with what stands in the host's place, which nobody can allow.
    """
    try:
        parts = urlsplit(link)
    except ValueError:
        return link.partition("//")[2]
    return (parts.hostname or "") if parts.scheme == "https" else ""
