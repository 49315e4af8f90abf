"""Where calls out of the house may go, decided on the very address that is then connected to.

Names are looked up once; the answer is judged and connected to, so that a name server cannot say
one thing to the judge and another to the connection. In production nothing inside is called
(loopback, private and link-local networks, cloud metadata) and nothing unencrypted, unless
`MOTCUA_PRIVATE_DESTINATIONS` names the host or its network. The deployment's own servers
(PostgreSQL, Valkey, the object store, the scanner) are settings of their own and not asked here.
"""

import asyncio
import ipaddress
import socket

from infra.settings import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAllowedOut(OSError):
    """A destination no call may go to; its text is for the log."""


async def reach(host: str, port: int, *, encrypted: bool) -> str:
    """The one address to connect to for `host`; raises NotAllowedOut, or OSError if none is known.

    RFC 6761 section 6.3: whatever lies under `localhost` is this machine.
    """
    if host == "localhost" or host.endswith(".localhost"):
        found = ["127.0.0.1"]
    else:
        loop = asyncio.get_running_loop()
        answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = [str(answer[4][0]) for answer in answers]
    return chosen(host, found, encrypted=encrypted)


def reach_now(host: str, port: int, *, encrypted: bool) -> str:
    """The same for a caller in a thread of its own."""
    if host == "localhost" or host.endswith(".localhost"):
        return chosen(host, ["127.0.0.1"], encrypted=encrypted)
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return chosen(host, [str(answer[4][0]) for answer in answers], encrypted=encrypted)


def chosen(host: str, found: list[str], *, encrypted: bool) -> str:
    """One of the addresses `host` has, IPv4 first; raises NotAllowedOut.

    One address inside among several outside is refused as well: it is a trick or a mistake.
    """
    addresses = sorted({ipaddress.ip_address(text.partition("%")[0]) for text in found}, key=_order)
    if not addresses:
        raise NotAllowedOut(f"{host} has no address")
    if settings().mode == "production":
        for address in addresses:
            _judge(host, address, encrypted)
    return str(addresses[0])


def is_outside(address: Address) -> bool:
    """Whether an address lies in the open Internet; those of IPv4 inside IPv6 are seen through."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_outside(inner)
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _judge(host: str, address: Address, encrypted: bool) -> None:
    if _is_named(host, address):
        return
    if not is_outside(address):
        raise NotAllowedOut(f"{host} lies inside")
    if not encrypted:
        raise NotAllowedOut(f"{host} would be called without encryption")


def _is_named(host: str, address: Address) -> bool:
    for text in settings().private_destinations.split():
        try:
            network = ipaddress.ip_network(text)
        except ValueError:
            if host.lower() == text.lower():
                return True
        else:
            if address.version == network.version and address in network:
                return True
    return False


def _order(address: Address) -> tuple[int, int]:
    return address.version, int(address)
