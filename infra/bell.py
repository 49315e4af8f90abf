"""The bell: tells the worker that rows wait; the rows themselves are the truth.

Everything of arq stands behind these few functions. A bell that cannot be rung is logged, and
rung when Redis is back; should this process end meanwhile, rows lie where they lie and the sweep
of the next minute rings for them.
"""

import asyncio
import time
from contextvars import Context
from typing import Any
from uuid import uuid4

import msgspec
import structlog
from arq.connections import ArqRedis
from arq.constants import job_key_prefix
from redis.exceptions import RedisError

from infra.valkey_lines import lines

log = structlog.get_logger()

QUEUE = "motcua:jobs"
# A ring may wait this long before it is dropped as stale; a sweep has rung again long before.
_STALE_MS = 3_600_000
_MARK_SECONDS = 60
_PATIENCE_SECONDS = 1.0
_OUTAGE_SECONDS = 2.0
# Set while Redis remembers us; an emptied one does not.
_KNOWN = "motcua:known"

_pool: ArqRedis | None = None
_loop: asyncio.AbstractEventLoop | None = None
_silent_until = 0.0
# Rings nobody heard: at most one for each job and name.
_missed: set[tuple[str, str]] = set()
_repeating: asyncio.Task[None] | None = None


async def ring(job: str, whom: str, *, once: str | None = None, afresh: bool = False) -> None:
    """Ask for `job` to be run for `whom`; never raises, never takes longer than a second.

    Rings for the same job and name are one ring until the job begins (`begins`); a ring that comes
    while it runs is a new one. With `once`, a natural key such as a date, the ring is the same as
    every other with this key that still waits or runs. `afresh` rings whatever was rung before: a
    worker that was killed has perhaps taken that ring along.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        _ring_later(job, whom, once)
        return
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await _ring(job, whom, once, afresh)
    except (RedisError, OSError, TimeoutError) as error:
        # Nobody else waits for a dead Redis during the next seconds.
        _silent_until = time.monotonic() + _OUTAGE_SECONDS
        log.warning("bell_not_rung", job=job, whom=whom, error=type(error).__name__)
        _ring_later(job, whom, once)


def _ring_later(job: str, whom: str, once: str | None) -> None:
    global _repeating
    if once is None:
        _missed.add((job, whom))
    if _repeating is None or _repeating.done():
        # A task of nobody's: it must not act for the tenant in whose request it began.
        _repeating = asyncio.get_running_loop().create_task(_ring_missed(), context=Context())


async def _ring_missed() -> None:
    while _missed:
        await asyncio.sleep(max(_silent_until - time.monotonic(), 0.1))
        waiting = list(_missed)
        _missed.clear()
        for job, whom in waiting:
            await ring(job, whom)


async def forgotten() -> bool:
    """Whether Redis has been emptied since this was last asked by anybody; rings are lost then."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        return bool(await _connection().set(_KNOWN, b"1", nx=True))


async def begins(redis: "ArqRedis", job: str, whom: str) -> None:
    """Said by the worker before the job looks at any row: from now on a ring is a new one."""
    await redis.delete(_mark(job, whom))


async def answers() -> bool:
    """Whether Redis answers; raises what redis-py raises when it does not."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        return bool(await _connection().ping())


async def close() -> None:
    """Let the connections go; the next ring opens one again."""
    global _pool, _loop, _silent_until, _repeating
    if _repeating is not None and not _repeating.done():
        _repeating.cancel()
    _repeating = None
    _missed.clear()
    pool, _pool = _pool, None
    if pool is not None and _loop is asyncio.get_running_loop():
        await pool.aclose(close_connection_pool=True)
    _loop, _silent_until = None, 0.0


def queue(*, patient: bool) -> ArqRedis:
    """The queue of rings; connects when first used."""
    return ArqRedis(
        lines(patient=patient),
        job_serializer=pack,
        job_deserializer=unpack,
        default_queue_name=QUEUE,
    )


def pack(value: dict[str, Any]) -> bytes:
    """A job as it is written to Redis: data only, so that writing there is not running code."""
    return msgspec.msgpack.encode(value, enc_hook=repr)


def unpack(raw: bytes) -> dict[str, Any]:
    """What `pack` wrote."""
    return msgspec.msgpack.decode(raw, type=dict[str, Any])


async def _ring(job: str, whom: str, once: str | None, afresh: bool) -> None:
    redis = _connection()
    if once is not None:
        await redis.enqueue_job(job, whom, _job_id=f"{job}:{whom}:{once}", _queue_name=QUEUE)
        return
    key = f"{job}:{whom}:{uuid4().hex}"
    if afresh:
        await redis.set(_mark(job, whom), key, ex=_MARK_SECONDS)
    elif await _is_rung(redis, _mark(job, whom), key):
        return
    await redis.enqueue_job(job, whom, _job_id=key, _queue_name=QUEUE, _expires=_STALE_MS / 1000)


async def _is_rung(redis: ArqRedis, mark: str, key: str) -> bool:
    """Whether a ring is under way that its job has not begun to answer; if not, ours is the one.

    Whoever set the mark may have ended, or lost patience, before it rang.
    """
    before = await redis.set(mark, key, nx=True, get=True, ex=_MARK_SECONDS)
    if before is None:
        return False
    if await redis.exists(job_key_prefix + before.decode()):
        return True
    await redis.set(mark, key, ex=_MARK_SECONDS)
    return False


def _connection() -> ArqRedis:
    global _pool, _loop
    loop = asyncio.get_running_loop()
    if _pool is None or _loop is not loop:
        _pool, _loop = queue(patient=False), loop
    return _pool


def _mark(job: str, whom: str) -> str:
    return f"motcua:rung:{job}:{whom}"
