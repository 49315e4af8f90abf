"""The small form of `make chaos-messages`."""

import json
import os
import subprocess
import sys

from infra.embedded.server import ROOT, python_environment


def test_nothing_is_lost_or_doubled_unmarked_while_everything_is_killed() -> None:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.worker.chaos", "300", "--rounds", "4"],
        cwd=ROOT, env={**ours, **python_environment()}, capture_output=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3000:]
    found = json.loads(ended.stdout.splitlines()[-1])
    assert found["states"] == {"sent": 300}
