"""A line that can be cut, slowed down or left dead: a proxy between two programs of one machine."""

import asyncio
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

_DELAY_SECONDS = 0.15
Place = Path | int  # a Unix socket, or a TCP port of 127.0.0.1


class Wires:
    """All lines of an installation, in a thread of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._lines: dict[str, _Line] = {}

    def lay(self, name: str, here: Place, there: Place) -> None:
        """From now on who connects to `here` reaches `there`."""
        line = self._lines[name] = _Line(there)
        self._do(line.listen(here))

    def set(self, name: str, state: str) -> None:
        """`pass`, `cut`, `half` or `slow`; `dead`: the lines there are say nothing ever again, as
        when the machine at the far end has lost its power, and new ones pass."""
        self._do(self._lines[name].become(state))

    def close(self) -> None:
        """Let all go."""
        self._do(self._let_go())
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _let_go(self) -> None:
        for line in self._lines.values():
            line.hang_up()
        pumps = asyncio.all_tasks() - {asyncio.current_task()}
        for task in pumps:
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)


class _Line:
    def __init__(self, there: Place) -> None:
        self._there = there
        self._state = "pass"
        self._open: set[asyncio.StreamWriter] = set()
        self._dead: set[asyncio.StreamWriter] = set()

    async def listen(self, here: Place) -> None:
        if isinstance(here, Path):
            self._door = await asyncio.start_unix_server(self._serve, here)
        else:
            self._door = await asyncio.start_server(self._serve, "127.0.0.1", here)

    async def become(self, state: str) -> None:
        if state == "dead":
            self._dead |= self._open
            state = "pass"
        before, self._state = self._state, state
        # What stood dead does not come to life again: bytes of it are gone.
        if state == "cut" or before == "half":
            for writer in self._open - self._dead:
                writer.transport.abort()

    def hang_up(self) -> None:
        """End every line, those that lie dead too; nobody is let in any more."""
        self._state = "cut"
        self._door.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._state == "cut":
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            far_reader, far_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            self._open.discard(writer)
            return
        self._open.add(far_writer)
        pumps = [
            asyncio.create_task(self._pump(reader, far_writer)),
            asyncio.create_task(self._pump(far_reader, writer)),
        ]
        await asyncio.wait(pumps)
        for each in (writer, far_writer):
            self._open.discard(each)
            each.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._there, Path):
            return await asyncio.open_unix_connection(self._there)
        return await asyncio.open_connection("127.0.0.1", self._there)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(65536):
                if self._state == "half" or writer in self._dead:
                    continue
                if self._state == "slow":
                    await asyncio.sleep(_DELAY_SECONDS)
                writer.write(piece)
                await writer.drain()
            if writer.can_write_eof() and writer not in self._dead:
                writer.write_eof()
        except OSError:
            # Whoever was killed hangs up; nobody does whose machine is gone.
            if writer not in self._dead:
                writer.transport.abort()
