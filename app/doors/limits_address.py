"""Whose request it is by its address (pure): behind our proxies, and as one household of IPv6."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@lru_cache(maxsize=16)
def networks(text: str) -> tuple[Network, ...]:
    """Networks or single addresses, parted by spaces. Raises ValueError."""
    return tuple(ip_network(each) for each in text.split())


@lru_cache(maxsize=4096)
def client_address(peer: str, forwarded: str, trusted: tuple[Network, ...]) -> str:
    """Who asks: the nearest address on the way that is none of our proxies'.

    `forwarded` is X-Forwarded-For, to which each proxy adds at the end whom it heard. What stands
    before the first address that is not ours was written by that stranger and proves nothing.
    """
    nearest = peer
    for said in reversed(forwarded.split(",")):
        before = read(said)
        if before is None or not among(nearest, trusted):
            break
        nearest = str(before)
    return nearest


def among(address: str, trusted: tuple[Network, ...]) -> bool:
    """Whether this is the address of one of our proxies."""
    here = read(address)
    return here is not None and any(here in network for network in trusted)


def told_port(address: str, forwarded: str) -> int:
    """The source port a proxy told with that address; 0 when it told none."""
    for said in reversed(forwarded.split(",")):
        if str(read(said)) == address:
            end = said.strip().strip('"').rpartition(":")[2]
            spelt = said.count(":") == 1 or "]:" in said
            return int(end) if spelt and end.isdecimal() and 0 < int(end) < 65536 else 0
    return 0


@lru_cache(maxsize=4096)
def household(address: str) -> str:
    """What shares one limit: an IPv4 address, or the /64 that a line gets in IPv6 (RFC 6177)."""
    found = read(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, 64), strict=False))
    return str(found or address)


def read(text: str) -> Address | None:
    """An address as proxies write it, with or without port; one mapped into IPv6 as itself."""
    plain = text.strip().strip('"')
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        found = ip_address(plain)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def forwarded_for(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """All that X-Forwarded-For says, in its order."""
    return ",".join(v.decode("latin-1") for name, v in headers if name == b"x-forwarded-for")
