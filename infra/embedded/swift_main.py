"""The program behind `swift.py`: builds the rings, then runs the four services together."""

import argparse
import os
import signal
import sys
from pathlib import Path

from swift.common.ring import RingBuilder

from infra.embedded.process import spawn
from infra.embedded.swift import STORAGE


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, required=True)
    etc = parser.parse_args().directory / "etc"
    first = _port_of(etc / "proxy.conf")
    for step, kind in enumerate(STORAGE, start=1):
        _build_ring(etc / f"{kind}.ring.gz", first + step)
    scripts = Path(sys.executable).parent
    children = [
        spawn(
            [sys.executable, scripts / f"swift-{kind}-server", etc / f"{kind}.conf", "-v"],
            log=etc.parent / f"{kind}.log",
        )
        for kind in (*STORAGE, "proxy")
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        os.wait()
        print(f"Error: one service ended by itself; see the logs in {etc.parent}", flush=True)
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
    sys.exit(1)


def _port_of(conf: Path) -> int:
    lines = conf.read_text().splitlines()
    return int(next(line.split("=")[1] for line in lines if line.startswith("bind_port")))


def _build_ring(path: Path, port: int) -> None:
    """One device holds everything once."""
    builder = RingBuilder(part_power=4, replicas=1, min_part_hours=0)
    device = {"id": 0, "region": 1, "zone": 1, "weight": 1, "device": "d1", "ip": "127.0.0.1"}
    builder.add_dev({**device, "port": port})
    builder.rebalance(seed=0)
    builder.get_ring().save(str(path))


if __name__ == "__main__":
    main()
