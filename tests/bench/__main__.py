"""`python -m tests.bench [part …] [--quick]`."""

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from importlib import import_module

from tests.bench.house import house
from tests.bench.machine import CLIENT_CORE, SERVER_CORE
from tests.bench.report import Figures

PARTS = (
    "rendering",
    "tracking",
    "submitting",
    "handling",
    "provisioning",
    "crowd",
    "neighbours",
    "notices",
    "memory",
    "meters",
    "recovery",
    "leaving",
    "coming",
)
# 24 million facts of 36 months; 10 GB more in a cluster; a million dossiers carried out.
FULL = ("meters", "recovery", "leaving")


def main() -> None:
    """Run the parts asked for, all by default; the last line is the JSON object."""
    parser = argparse.ArgumentParser("python -m tests.bench", description=__doc__)
    parser.add_argument("part", nargs="*", choices=[[], *PARTS])
    parser.add_argument("--quick", action="store_true", help="short rounds; figures mean little")
    parser.add_argument("--full", action="store_true", help="a deployment's whole size; takes long")
    asked = parser.parse_args()
    found: Figures = {"machine": _machine(), "quick": asked.quick}
    for name in asked.part or PARTS:
        began = time.monotonic()
        measure: Callable[..., Figures] = import_module(f"tests.bench.{name}").measure
        with house() as servers:
            found[name] = measure(servers, quick=asked.quick, **_more(name, asked))
        found[name]["took_s"] = round(time.monotonic() - began)
    print()
    print(json.dumps(found, ensure_ascii=False))


def _more(name: str, asked: argparse.Namespace) -> Figures:
    """What one part can be asked for alone."""
    return {"full": asked.full} if name in FULL else {}


def _machine() -> Figures:
    return {
        "cores": os.cpu_count(),
        "server_core": SERVER_CORE,
        "client_core": CLIENT_CORE,
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    main()
