"""A tenant far above its share, as a process: `python -m tests.bench.loud PORT HOST CODES`.

Reads how many seconds to be loud, one number a line; answers with the answers a second it got and
how many of them were refusals. As niced as can be, so that it disturbs through the server alone.
"""

import os
import random
import sys
from pathlib import Path

from tests.bench import load

LINES = 64


def main() -> None:
    """Be loud as often as told."""
    port, host, codes = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]).read_text().split()
    os.nice(19)
    asks = _asks(host, codes)
    for line in sys.stdin:
        ran = load.run(port, asks, float(line), LINES, addresses=True)
        print(ran.rate, ran.failures, len(ran.latencies), flush=True)


def _asks(host: str, codes: list[str]) -> list[load.Ask]:
    """Mostly tracking, some lists and searches."""
    chance = random.Random(2)
    tracking = [f"/tra-cuu/{chance.choice(codes)}" for _ in range(70)]
    others = ["/thu-tuc", "/", "/tra-cuu", "/thu-tuc?tu=khai+sinh"] * 7
    paths = tracking + others
    chance.shuffle(paths)
    return [load.Ask(load.get(path, host, Cookie="da_tham=1")) for path in paths]


if __name__ == "__main__":
    main()
