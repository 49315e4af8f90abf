"""`python -m tests.security.matrix` writes the tables of `expected/` anew; read what differs."""

import os
import subprocess
import sys
from pathlib import Path

from tests.security.table import PLACE, REWRITE

TESTS = ("tests/security/test_matrix.py", "tests/security/test_sites.py")


def main() -> int:
    """Walk every door once and keep what was answered; what must never be still fails."""
    walk = [sys.executable, "-m", "pytest", "-n", "0", *TESTS]
    done = subprocess.run(walk, env={**os.environ, REWRITE: "1"}, cwd=Path(__file__).parents[2])
    subprocess.run(["git", "--no-pager", "diff", "--stat", "--", str(PLACE)])
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
