"""Sessions and sign-in flows in Redis: lost with it, never more than an inconvenience.

A record is found by the SHA-256 of a random token and sealed by a key that only the token gives,
so whoever reads or writes Redis can neither use a session nor make one. Keys begin with the site's
name: a token of one tenant is nothing at another.
"""

import asyncio
import hashlib
import secrets
from datetime import timedelta
from typing import TypeVar, cast
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec
from redis.asyncio import Redis

from infra.sealed import BrokenSeal, derive, seal, unseal
from infra.valkey_lines import lines
from tenants.current import NoTenant, current

T = TypeVar("T")

# No tenant can have this name: theirs begin with a letter.
_OPS = "@ops"
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Redis] = WeakKeyDictionary()


def new_token() -> str:
    """256 random bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def digest(*parts: str) -> str:
    """SHA-256 of the parts, each kept apart from the next, in hex."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def short(whole: str) -> str:
    """A digest's beginning, enough to tell one person's sessions apart."""
    return whole[:16]


async def put(kind: str, token: str, record: object, life: timedelta) -> None:
    """Store a msgspec Struct as the `kind` record behind `token`, for `life`."""
    await client().set(_key(kind, token), _sealed(kind, token, record), ex=life)


async def replace(kind: str, token: str, record: object, life: timedelta) -> None:
    """As `put`, but a record that has been removed meanwhile stays removed."""
    await client().set(_key(kind, token), _sealed(kind, token, record), ex=life, xx=True)


async def read(kind: str, token: str, shape: type[T]) -> T | None:
    """The record behind `token`; None when there is none or it is not ours."""
    return _opened(kind, token, await client().get(_key(kind, token)), shape)


async def take(kind: str, token: str, shape: type[T]) -> T | None:
    """The record behind `token`, removed in the same step: nobody gets it twice."""
    return _opened(kind, token, await client().getdel(_key(kind, token)), shape)


async def remove(kind: str, token: str) -> None:
    """Forget the record behind `token`."""
    await client().delete(_key(kind, token))


async def index(kind: str, token: str, names: list[str], life: timedelta) -> None:
    """Let the record also be found by each of `names`."""
    async with client().pipeline(transaction=True) as pipe:
        for name in names:
            pipe.sadd(_index_key(kind, name), _key(kind, token))
            pipe.expire(_index_key(kind, name), life)
        await pipe.execute()


async def remove_indexed(kind: str, name: str) -> int:
    """Forget every record found by `name`; how many there were."""
    found = await cast("asyncio.Future[set[bytes]]", client().smembers(_index_key(kind, name)))
    if not found:
        return 0
    return int(await client().delete(*found, _index_key(kind, name))) - 1


async def living(kind: str, name: str) -> dict[str, timedelta]:
    """The digests of the records found by `name` that are still there, and how long yet."""
    found = await cast("asyncio.Future[set[bytes]]", client().smembers(_index_key(kind, name)))
    async with client().pipeline(transaction=False) as pipe:
        for key in found:
            pipe.pttl(key)
        left = await pipe.execute()
    return {
        key.decode().rpartition(":")[2]: timedelta(milliseconds=each)
        for key, each in zip(found, left, strict=True)
        if each > 0
    }


async def remove_digests(kind: str, digests: list[str]) -> int:
    """Forget the records of these digests; how many were still there."""
    keys = [f"{kind}:{_site()}:{each}" for each in digests]
    return int(await client().delete(*keys)) if keys else 0


async def lay_beside(kind: str, digest: str, sealed: bytes, life: timedelta) -> None:
    """Keep something of our own beside the record of that digest."""
    await client().set(f"{kind}:{_site()}:{digest}", sealed, ex=life)


async def laid_beside(kind: str, digests: list[str]) -> dict[str, bytes]:
    """What was laid beside the records of these digests."""
    keys = [f"{kind}:{_site()}:{each}" for each in digests]
    found = await client().mget(keys) if keys else []
    return {digest: each for digest, each in zip(digests, found, strict=True) if each}


async def remove_all(kind: str) -> int:
    """Forget every record of a kind at the present site; how many there were."""
    count = 0
    async for key in client().scan_iter(f"{kind}:{_site()}:*", count=500):
        count += int(await client().delete(key))
    return count


async def first_time(kind: str, name: str, life: timedelta) -> bool:
    """Whether `name` has not been seen within `life`; from now on it has."""
    return bool(await client().set(_index_key(kind, name), b"", nx=True, ex=life))


async def close() -> None:
    """Close the connections of the running loop."""
    client = _clients.pop(asyncio.get_running_loop(), None)
    if client is not None:
        await client.aclose()


def index_name(issuer_id: UUID, claim: str, value: str) -> str:
    """The name under which a session is found by what its issuer calls it (`sid`, `sub`)."""
    return digest(str(issuer_id), claim, value)


def client() -> Redis:
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        # Connections belong to the loop that opened them.
        _clients[loop] = Redis.from_pool(lines(patient=False))
    return _clients[loop]


def _site() -> str:
    try:
        return current().slug
    except NoTenant:
        return _OPS


def _key(kind: str, token: str) -> str:
    return f"{kind}:{_site()}:{digest(token)}"


def _index_key(kind: str, name: str) -> str:
    return f"{kind}-of:{_site()}:{name}"


def _sealed(kind: str, token: str, record: object) -> bytes:
    key = derive(token.encode(), kind)
    return seal(key, msgspec.msgpack.encode(record), _key(kind, token))


def _opened(kind: str, token: str, sealed: bytes | None, shape: type[T]) -> T | None:
    if sealed is None:
        return None
    try:
        plain = unseal(derive(token.encode(), kind), sealed, _key(kind, token))
        return msgspec.msgpack.decode(plain, type=shape)
    except (BrokenSeal, msgspec.ValidationError):
        # Written by somebody else, or by a release that kept other fields.
        return None
