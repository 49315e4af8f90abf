"""The web process: `python -m app.web`. Run as many as needed; they share the public port.

A service manager may hold the public socket and hand it to each process (`sd_listen_fds(3)`): then
no connection is lost while an old process gives way to a new one.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys

import uvicorn
import uvloop

from app import release
from app.doors import probes, render, sessions
from app.draining import Draining
from app.main import create_app
from infra import bell, log
from infra.settings import BadSetting, reread, settings
from tenants import db
from tenants.running import running

# Longer than the proxy in front keeps a connection at rest, so that it is never closed under a
# question just being asked.
_REST_SECONDS = 20
_FIRST_HANDED = 3


def main() -> None:
    """Serve until told to stop; a wrong setting ends it with one sentence."""
    try:
        chosen = settings()
    except BadSetting as error:
        sys.exit(f"motcua: {error}")
    log.configure(chosen.log_level)
    loop = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    with contextlib.suppress(KeyboardInterrupt), loop as runner:
        runner.run(serve())


async def serve() -> None:
    """Listen on the public and the inner port until a signal comes."""
    chosen = settings()
    render.warm()
    handed = _handed()
    server = Draining(
        _config(), handed=handed is not None, seconds=chosen.web_drain_seconds, leave=probes.leave
    )
    # Secrets are changed without stopping: their files are read again.
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reread)
    sockets = [
        handed or _listen(chosen.web_host, chosen.web_port, shared=chosen.web_shared),
        _listen(chosen.inner_host, chosen.inner_port, shared=False),
    ]
    try:
        async with running("web", release.own()):
            # The server repeats the signal that ended it: what comes after must still be done.
            signal.signal(signal.SIGTERM, lambda *_: None)
            await server.serve(sockets=sockets)
    finally:
        await sessions.close()
        await bell.close()
        await db.close()


def _config() -> uvicorn.Config:
    return uvicorn.Config(
        create_app(),
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # The entrance believes the proxies it was told of, no others.
        timeout_keep_alive=_REST_SECONDS,
        timeout_graceful_shutdown=15,
        # A large body makes a connection remember the request it paused in; the next request
        # on it, from a proxy perhaps for another tenant, must not begin where that one was.
        reset_contextvars=True,
    )


def _handed() -> socket.socket | None:
    """The listening socket that was handed to this very process, if one was."""
    mine = os.environ.get("LISTEN_PID") == str(os.getpid())
    if not mine or os.environ.get("LISTEN_FDS", "0") == "0":
        return None
    return socket.socket(fileno=_FIRST_HANDED)


def _listen(host: str, port: int, *, shared: bool) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        # Several web processes may listen here; the kernel spreads the connections.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        sys.exit(f"motcua: cannot listen on {host}:{port}: {error.strerror}")
    listener.set_inheritable(True)
    return listener


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    main()
