"""A line to the server that can be cut in the middle of an upload."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Line:
    """A TCP line to a port; `cut_after` bytes of one connection it goes dead, once."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cuts = 0
        self._cut_after: int | None = None

    def cut_after(self, sent: int) -> None:
        """Cut the next connection that carries more than `sent` bytes to the server."""
        self._cut_after = sent

    def serve(self) -> None:
        """Take connections until closed."""
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                for source, to, up in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._carry, args=(source, to, up), daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _carry(self, source: socket.socket, to: socket.socket, up: bool) -> None:
        carried = 0
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                to.sendall(data)
                carried += len(data)
                if up and self._cut_after is not None and carried > self._cut_after:
                    self._cut_after = None
                    self.cuts += 1
                    break
        for end in (source, to):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def line_to(port: int) -> Iterator[Line]:
    """A line to a local port for as long as the block lasts."""
    line = Line(port)
    threading.Thread(target=line.serve, daemon=True).start()
    try:
        yield line
    finally:
        line.close()
