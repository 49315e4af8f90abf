"""The command line as an operator uses it: each command in a process of its own.

A new interpreter takes a second to load the product; here one loaded process is forked for each
command instead. One command of the suite goes the whole way, by `python -m app.cli`.
"""

import asyncio
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.house.test_layers import HOUSE

_loaded = multiprocessing.get_context("forkserver")
_loaded.set_forkserver_preload(["app.cli.main", "tests.cli.running"])


async def run(*words: str, answer: str = "") -> tuple[int | None, str]:
    """The command's exit status and all it printed; `answer` is what the operator types."""
    return await asyncio.to_thread(_run, words, answer)


def _run(words: tuple[str, ...], answer: str) -> tuple[int | None, str]:
    with tempfile.TemporaryDirectory(prefix="motcua-cli-") as place:
        typed, printed = Path(place, "typed"), Path(place, "printed")
        typed.write_text(answer)
        command = _loaded.Process(target=_command, args=(words, dict(os.environ), typed, printed))
        command.start()
        command.join()
        status = command.exitcode
        command.close()
        return status, printed.read_text()


def _command(words: tuple[str, ...], environ: Mapping[str, str], typed: Path, shown: Path) -> None:
    from app.cli import main as cli
    from infra.settings import settings

    os.environ.clear()
    os.environ.update(environ)
    os.chdir(HOUSE)
    settings.cache_clear()
    sys.stdin = typed.open()
    out = os.open(shown, os.O_WRONLY | os.O_CREAT)
    os.dup2(out, 1)
    os.dup2(out, 2)
    cli.main(list(words))


async def run_anew(*words: str) -> tuple[int | None, str]:
    """The same in a new interpreter."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.cli", *words),
        cwd=HOUSE, env=dict(os.environ), stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    printed, _ = await process.communicate()
    return process.returncode, printed.decode()
