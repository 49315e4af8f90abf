"""One unit of work: a transaction on one database, begun by its first query.

The unit is an object held in a context variable. Tasks started inside see the same object, so a
query made in a sibling task still joins the transaction, and queries of one unit wait for one
another instead of colliding on the connection.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar, Token
from typing import Any

import asyncpg
from asyncpg.exceptions import InterfaceError, InternalClientError, PostgresError

from tenants.pools import Pools

After = Callable[[], Awaitable[None]]
Place = tuple[Pools, Any]  # the pools of a cluster, and the key of one database in it

# It takes no time where anybody answers.
_ROLL_BACK_SECONDS = 5.0


class WorkError(RuntimeError):
    """Code used units of work in a way that would break a promise of theirs."""


class Work:
    """A transaction that may not have begun yet, and what is to happen once it is committed."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self._after: list[After] = []
        self._place: Place | None = None
        self._connection: asyncpg.Connection | None = None
        self._settled = False

    def after(self, callback: After) -> None:
        """Run `callback` once the work is committed, never when it is rolled back."""
        self._after.append(callback)

    async def connection(self, place: Place, seconds: float | None = None) -> asyncpg.Connection:
        """The work's connection; the first call begins the transaction, within `seconds`. Hold
        `lock` meanwhile."""
        if self._settled:
            raise WorkError("a query came after its unit of work was settled")
        if self._connection is None:
            connection = await place[0].acquire(place[1])
            self._place, self._connection = place, connection
            await place[0].ask(connection, "execute", "begin", seconds=seconds)
        elif self._place != place:
            raise WorkError("one unit of work is one transaction on one database")
        return self._connection

    async def commit(self) -> None:
        """Make it all true, give the connection back, then run what was to come after."""
        await self._settle("commit")
        callbacks, self._after = self._after, []
        for callback in callbacks:
            await callback()

    async def roll_back(self) -> None:
        """Leave nothing behind; a connection that broke has taken everything with it."""
        self._after.clear()
        with suppress(PostgresError, InterfaceError, InternalClientError, TimeoutError):
            await self._settle("rollback", _ROLL_BACK_SECONDS)

    async def _settle(self, verb: str, seconds: float | None = None) -> None:
        if self._settled:
            return
        self._settled = True
        connection, self._connection = self._connection, None
        if connection is None or self._place is None:
            return
        pools, key = self._place
        try:
            if pools.doubts(connection):
                # The transaction ends with its connection.
                if verb == "commit":
                    raise TimeoutError("a question of this unit of work was not answered")
                return
            # PostgreSQL answers a commit of a failed transaction with a quiet rollback.
            answer = await pools.ask(connection, "execute", verb, seconds=seconds)
            if verb == "commit" and answer == "ROLLBACK":
                raise WorkError("the transaction had failed before its commit")
        finally:
            await pools.release(key, connection)


_work: ContextVar[Work | None] = ContextVar("work", default=None)
_reading: ContextVar[bool] = ContextVar("reading", default=False)


def current_work() -> Work | None:
    """The unit of work at hand, if any."""
    return _work.get()


def enter(work: Work) -> Token[Work | None]:
    """Make `work` the current one; for middleware that settles it by itself."""
    if _work.get() is not None:
        raise WorkError("a unit of work was opened inside another one")
    return _work.set(work)


def leave(token: Token[Work | None]) -> None:
    """Undo `enter`."""
    _work.reset(token)


@asynccontextmanager
async def work() -> AsyncIterator[Work]:
    """The block is one transaction: it commits at the end and rolls back on any exception."""
    unit = Work()
    token = enter(unit)
    try:
        try:
            yield unit
        except BaseException:
            await unit.roll_back()
            raise
    finally:
        leave(token)
    await unit.commit()


async def after_commit(callback: After) -> None:
    """Run `callback` when the current work is committed, or now when there is none."""
    unit = _work.get()
    if unit is None:
        await callback()
    else:
        unit.after(callback)


@contextmanager
def reading() -> Iterator[None]:
    """Refuse every statement that is not a read: a safe request never writes."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def aside() -> Iterator[None]:
    """Set whatever is at hand aside: each statement of the block is a transaction of its own."""
    work_token, reading_token = _work.set(None), _reading.set(False)
    try:
        yield
    finally:
        _reading.reset(reading_token)
        _work.reset(work_token)


def refuse_writes(sql: str) -> None:
    """Raise WorkError when only reading is allowed and `sql` does anything else."""
    if _reading.get() and not sql.lstrip().lower().startswith(("select", "with", "values")):
        raise WorkError(f"a safe request tried to write: {sql.lstrip()[:60]}")
