"""Which programs are at work, of which release: nothing is taken away while one still needs it.

Each writes down every few seconds that it lives, and what errors it has logged. A program that
cannot reach the control database goes on working, so that one is taken for gone only after a long
silence.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec
import structlog
from asyncpg.exceptions import InterfaceError, PostgresError

from infra import log as logs
from infra.clock import now
from infra.ids import uuid7
from tenants.db import control

log = structlog.get_logger()

_BEAT_SECONDS = 10.0
SILENT_SECONDS = 180
_OUTAGES = (OSError, TimeoutError, PostgresError, InterfaceError)
_ALIVE = """
select id, kind, release, schema, control_schema, host, pid, started_at, seen_at
from running_program
where seen_at > now() - make_interval(secs => $1)
  and seen_at < clock_timestamp() + interval '1 minute' order by schema, id
"""
_BEAT = """
insert into running_program
  (id, kind, release, schema, control_schema, host, pid, started_at, seen_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, now())
on conflict (id) do update set seen_at = excluded.seen_at
"""
# In one order, so that two programs never wait for each other.
_TELL = """
insert into error_line as e (kind, event, lines, last_at)
select $1, event, lines, now() from unnest($2::text[], $3::bigint[]) as told (event, lines)
order by event
on conflict (kind, event)
do update set lines = e.lines + excluded.lines, last_at = excluded.last_at
"""
_FORGET = """
delete from running_program where id = $1 or seen_at < now() - interval '7 days'
"""


class Release(msgspec.Struct, frozen=True):
    """What a program runs: a name for people, and how much it knows of each chain."""

    name: str
    schema: int
    control_schema: int


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """One process at work."""

    id: UUID
    kind: str  # web | worker | keeper
    release: str
    schema: int
    control_schema: int
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime

    def __str__(self) -> str:
        return f"{self.kind} of {self.release} on {self.host} (process {self.pid})"


class Errors(msgspec.Struct, frozen=True):
    """How often programs of a kind have logged an error of that name, and when last."""

    kind: str
    event: str
    lines: int
    last_at: datetime


@asynccontextmanager
async def running(kind: str, release: Release) -> AsyncIterator[None]:
    """Inside, this process is known to be at work."""
    about = (
        *(uuid7(), kind, release.name, release.schema, release.control_schema),
        *(socket.gethostname(), os.getpid(), now()),
    )
    await _beat(about)
    beating = asyncio.create_task(_keep_beating(kind, about))
    try:
        yield
    finally:
        beating.cancel()
        await _tell_errors(kind)
        with suppress(*_OUTAGES):
            await control.execute(_FORGET, about[0])


async def at_work() -> list[Program]:
    """The programs that were heard of lately, the oldest release first.

    One from the future would be at work for ever: a server's clock was wrong when it was written.
    """
    return [_program(row) for row in await control.fetch(_ALIVE, float(SILENT_SECONDS))]


async def errors() -> list[Errors]:
    """What errors were ever logged, by kind of program and name."""
    rows = await control.fetch("select kind, event, lines, last_at from error_line")
    return [Errors(**dict(row)) for row in rows]


async def _keep_beating(kind: str, about: tuple[object, ...]) -> None:
    while True:
        await asyncio.sleep(_BEAT_SECONDS)
        await _beat(about)
        await _tell_errors(kind)


async def _beat(about: tuple[object, ...]) -> None:
    try:
        await control.execute(_BEAT, *about)
    except _OUTAGES as error:
        log.warning("program_not_noted", error=type(error).__name__)


async def _tell_errors(kind: str) -> None:
    taken = logs.taken_errors()
    if not taken:
        return
    try:
        await control.execute(_TELL, kind, list(taken), list(taken.values()))
    except _OUTAGES:
        logs.put_back(taken)  # for the next time


def _program(row: asyncpg.Record) -> Program:
    return Program(**dict(row))
