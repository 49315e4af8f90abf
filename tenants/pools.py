"""Connections of one process to one cluster, shared by all its tenants within one budget.

A pool per tenant would hold tenants x size connections open; PostgreSQL allows a hundred or so.
Here a connection belongs to one database for its whole life, but the number open is bounded for
the cluster: when the budget is spent, an idle connection of whoever has most makes room. One tenant
never holds more than its own share, so a busy province cannot starve the others.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

import asyncpg

Open = Callable[[Hashable], Awaitable[asyncpg.Connection]]
# So long a connection has for ending in good order; one that lies dead never does.
_FAREWELL_SECONDS = 2.0


class Pools:
    """`acquire(key)` and `release(key, connection)`; a key is one database and its role."""

    def __init__(self, open_: Open, *, budget: int, share: int, idle_seconds: float = 30.0) -> None:
        self._open = open_
        self._budget = budget
        self._share = min(share, budget)
        self._idle_seconds = idle_seconds
        self._idle: OrderedDict[asyncpg.Connection, tuple[Hashable, float]] = OrderedDict()
        self._busy: Counter[Hashable] = Counter()
        self._doubted: set[asyncpg.Connection] = set()
        self._opened = 0
        self._waiting: deque[tuple[Hashable, asyncio.Future[None]]] = deque()
        self._reaper: asyncio.TimerHandle | None = None
        self._closings: set[asyncio.Future[None]] = set()

    @property
    def opened(self) -> int:
        """How many connections are open now, busy and idle."""
        return self._opened

    def busy(self, key: Hashable) -> int:
        """How many connections of `key` are at work now."""
        return self._busy[key]

    async def acquire(self, key: Hashable) -> asyncpg.Connection:
        """A connection for `key`; waits in turn while its share or the budget is spent."""
        if self._free(key):
            self._busy[key] += 1
        else:
            await self._turn(key)
        try:
            return self._take(key) or await self._make(key)
        except BaseException:
            self._leave(key)
            raise

    async def ask(
        self, connection: asyncpg.Connection, call: str, *words: Any, seconds: float | None = None
    ) -> Any:
        """Call a method of a connection; what is not answered within `seconds` raises TimeoutError.

        Then the connection is not used again: it may lie dead, and who waits for the end of what
        was cancelled there would wait for ever. Nor is any other that was silent all the while.
        """
        began = asyncio.get_running_loop().time()
        if connection in self._doubted:
            raise TimeoutError("what was asked over this connection before was not answered")
        try:
            return await getattr(connection, call)(*words, timeout=seconds)
        except TimeoutError:
            self._doubted.add(connection)
            self._end_idle(before=began)
            raise
        except asyncio.CancelledError:
            self._doubted.add(connection)
            raise

    def doubts(self, connection: asyncpg.Connection) -> bool:
        """Whether something asked over it was not answered."""
        return connection in self._doubted

    async def release(self, key: Hashable, connection: asyncpg.Connection) -> None:
        """Give a connection back; one that is closed or still in a transaction is thrown away."""
        if connection in self._doubted:
            self._doubted.discard(connection)
            self._opened -= 1
            self._closing(connection)
        elif connection.is_closed() or connection.is_in_transaction():
            self._opened -= 1
            connection.terminate()  # No ceremony: its state is not known.
        else:
            self._idle[connection] = (key, asyncio.get_running_loop().time())
            self._plan_reaping()
        self._leave(key)

    async def close(self) -> None:
        """Close every idle connection; busy ones close when they come back."""
        if self._reaper:
            self._reaper.cancel()
        ending = list(self._idle)
        self._idle.clear()
        self._opened -= len(ending)
        await asyncio.gather(*map(_ended, ending))

    async def forget(self, key: Hashable) -> None:
        """Close the idle connections of one database, before it is moved or dropped."""
        ending = [c for c, (owner, _) in self._idle.items() if owner == key]
        for connection in ending:
            del self._idle[connection]
        self._opened -= len(ending)
        await asyncio.gather(*map(_ended, ending))

    def _free(self, key: Hashable) -> bool:
        """Whether a place is left: what is idle makes room, so only places taken count."""
        return self._busy[key] < self._share and self._busy.total() < self._budget

    def _take(self, key: Hashable) -> asyncpg.Connection | None:
        # The newest idle one first: its server process is warm and the oldest can be reaped.
        for connection in reversed(self._idle):
            if self._idle[connection][0] == key:
                del self._idle[connection]
                if not connection.is_closed():
                    return connection
                self._opened -= 1
                return self._take(key)
        return None

    async def _make(self, key: Hashable) -> asyncpg.Connection:
        evicted = None
        if self._opened >= self._budget:
            evicted = self._spare()
            del self._idle[evicted]
        else:
            self._opened += 1
        # From here one place in the budget is ours until the connection stands or fails.
        try:
            if evicted is not None:
                await _ended(evicted)
            return await self._open(key)
        except BaseException:
            self._opened -= 1
            raise

    def _spare(self) -> asyncpg.Connection:
        """Of the database with most idle connections the one idle the longest.

        A busy tenant keeps several warm; taking the only one of a quiet tenant instead would let
        it wait for a new connection at each of its rare requests.
        """
        owners = Counter(key for key, _ in self._idle.values())
        return max(self._idle, key=lambda each: owners[self._idle[each][0]])

    async def _turn(self, key: Hashable) -> None:
        """Wait until a place was taken for this task."""
        turn = asyncio.get_running_loop().create_future()
        entry = (key, turn)
        self._waiting.append(entry)
        try:
            await turn
        except asyncio.CancelledError:
            if entry in self._waiting:
                self._waiting.remove(entry)
            else:
                self._leave(key)
            raise

    def _leave(self, key: Hashable) -> None:
        self._busy[key] -= 1
        if not self._busy[key]:
            del self._busy[key]
        self._wake()

    def _wake(self) -> None:
        for entry in self._waiting:
            key, turn = entry
            if self._free(key) and not turn.done():
                self._waiting.remove(entry)
                # Taken here: a task that gives back and asks again without a pause in between
                # would be first every time, and who waits would wait until it has no more to do.
                self._busy[key] += 1
                turn.set_result(None)
                return

    def _plan_reaping(self) -> None:
        if self._reaper is None:
            loop = asyncio.get_running_loop()
            self._reaper = loop.call_later(self._idle_seconds, self._reap)

    def _reap(self) -> None:
        self._reaper = None
        self._end_idle(before=asyncio.get_running_loop().time() - self._idle_seconds)
        if self._idle:
            self._plan_reaping()

    def _end_idle(self, *, before: float) -> None:
        for connection, (_, since) in list(self._idle.items()):
            if since <= before:
                del self._idle[connection]
                self._opened -= 1
                self._closing(connection)

    def _closing(self, connection: asyncpg.Connection) -> None:
        task = asyncio.ensure_future(_ended(connection))
        self._closings.add(task)
        task.add_done_callback(self._closings.discard)


async def _ended(connection: asyncpg.Connection) -> None:
    try:
        async with asyncio.timeout(_FAREWELL_SECONDS):
            await connection.close()
    except Exception:
        connection.terminate()
