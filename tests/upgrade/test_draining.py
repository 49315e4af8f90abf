"""How a web process goes: whoever is connected is answered, and nobody is cut off."""

import asyncio
import contextlib
import socket

import pytest
import uvicorn

from app.draining import Draining

_QUESTION = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"


class Door:
    """An application that takes its time, and knows whether it was told to leave."""

    def __init__(self):
        self.left, self.go_on = False, asyncio.Event()

    def leave(self):
        self.left = True

    async def __call__(self, scope, receive, send):
        await self.go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})


@contextlib.asynccontextmanager
async def _serving(door, *, handed, seconds=20.0):
    public, inner = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
    config = uvicorn.Config(
        door, lifespan="off", ws="none", log_config=None, timeout_graceful_shutdown=5
    )
    server = Draining(config, handed=handed, seconds=seconds, leave=door.leave)
    # As with a service manager's, the socket lives on after the process has let go of it.
    mine = public.dup()
    task = asyncio.create_task(server.serve(sockets=[mine, inner]))
    while not server.started:  # noqa: ASYNC110 - the server has no event to wait for
        await asyncio.sleep(0.01)
    try:
        yield server, task, public
    finally:
        door.go_on.set()
        server.should_exit = server.force_exit = True
        await task
        public.close()


async def _connect(public):
    return await asyncio.open_connection(*public.getsockname())


async def _answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    return head.lower()


async def _until(condition):
    while not condition():  # noqa: ASYNC110 - nothing to be told by
        await asyncio.sleep(0.01)


async def test_who_is_connected_is_answered_and_told_that_the_connection_ends():
    door = Door()
    async with _serving(door, handed=True) as (server, task, public):
        resting, busy = await _connect(public), await _connect(public)
        door.go_on.set()
        resting[1].write(_QUESTION)
        assert b"connection: close" not in await _answer(resting[0])
        door.go_on.clear()
        busy[1].write(_QUESTION)
        await _until(lambda: server.server_state.tasks)
        server.should_exit = True
        await _until(lambda: door.left)
        # An act sent just now into a connection that was at rest.
        await resting[0].readexactly(len(b"2\r\nok\r\n0\r\n\r\n"))
        resting[1].write(_QUESTION)
        await _until(lambda: len(server.server_state.tasks) == 2)
        # Whoever comes now is another process's visitor, and waits for it.
        late = await _connect(public)
        late[1].write(_QUESTION)
        door.go_on.set()
        for reader, _ in (resting, busy):
            head = await _answer(reader)
            assert head.startswith(b"http/1.1 200") and b"connection: close" in head
        await task
        accepted, _ = public.accept()
        assert accepted.recv(len(_QUESTION)) == _QUESTION
        accepted.close()
        for _, writer in (resting, busy, late):
            writer.close()


async def test_a_socket_of_its_own_stays_open_until_balancers_have_noticed():
    door = Door()
    door.go_on.set()
    async with _serving(door, handed=False) as (server, _, public):
        server.should_exit = True
        await _until(lambda: door.left)
        reader, writer = await _connect(public)
        writer.write(_QUESTION)
        assert b"connection: close" in await _answer(reader)
        writer.close()


@pytest.mark.parametrize("seconds", [0.0, 0.3])
async def test_nobody_is_waited_for_longer_than_was_said(seconds):
    door = Door()
    async with _serving(door, handed=True, seconds=seconds) as (server, task, public):
        _, writer = await _connect(public)
        await _until(lambda: server.server_state.connections)
        server.should_exit = True
        await task
        assert door.left is bool(seconds)
        writer.close()
