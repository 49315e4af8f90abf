"""`motcua` for one embedded installation: a file to be called like the command itself."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.embedded.server import ROOT


def write_command(path: Path, environment: Mapping[str, str]) -> None:
    """Make `path` the command line of the installation that `environment` describes.

    It holds keys: only its owner reads it. The file is whole or the old one.
    """
    lines = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    lines.append(f"export PYTHONPATH={shlex.quote(str(ROOT))}")
    lines.append(f'exec {shlex.quote(sys.executable)} -P -m app.cli "$@"')
    half = path.with_suffix(".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o700), "w") as file:
        file.write("\n".join(["#!/bin/sh", *lines, ""]))
    half.replace(path)
