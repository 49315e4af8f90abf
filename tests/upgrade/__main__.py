"""The upgrade under load for as long as wanted: `python -m tests.upgrade --seconds 120`."""

import argparse
import json
import sys

from tests.upgrade.play import play


def main() -> None:
    """Print one JSON object; exit status 1 when anything failed, was lost or doubled."""
    parser = argparse.ArgumentParser("python -m tests.upgrade", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--from", dest="revision", default="HEAD~1", help="the older commit")
    asked = parser.parse_args()
    found = play(
        asked.seconds, lambda line: print(line, file=sys.stderr, flush=True), asked.revision
    )
    print(json.dumps(found._asdict(), ensure_ascii=False), flush=True)
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
