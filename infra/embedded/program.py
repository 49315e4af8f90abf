"""A long-running program of the product, run beside the embedded servers."""

import contextlib
import http.client
from collections.abc import Mapping
from pathlib import Path

from infra.embedded.server import PythonServer, python_environment


class Program(PythonServer):
    """`python -m module` with settings in its environment.

    `port` must be free and is waited for; with a `probe` path it must also answer that with 200.
    Without a port the program is ready as soon as it runs.
    """

    # Longer than a request or a batch of work may take to finish in peace.
    patience = 25

    def __init__(
        self,
        directory: Path,
        name: str,
        module: str,
        settings: Mapping[str, str],
        *,
        listens: tuple[int, ...] = (),
        probe: str = "",
    ) -> None:
        """Describe a program; the last of the ports it `listens` on is the one to probe."""
        self.name = name
        super().__init__(directory, port=0)
        self._module = module
        self._settings = dict(settings)
        self._listens = listens
        self._probe = probe

    def ports(self) -> list[int]:
        """Every TCP port the program opens."""
        return list(self._listens)

    def command(self) -> list[str | Path]:
        """The module alone: everything else is in the environment."""
        return ["-m", self._module]

    def environment(self) -> dict[str, str]:
        """Our own environment without anybody's MOTCUA_ settings, and the given ones."""
        inherited = {
            name: value
            for name, value in python_environment().items()
            if not name.startswith("MOTCUA_")
        }
        return {**inherited, **self._settings}

    def _answers(self) -> bool:
        if not super()._answers():
            return False
        return not self._probe or self._status() == 200

    def _status(self) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self._listens[-1], timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(line):
            line.request("GET", self._probe)
            return line.getresponse().status
        return 0
