"""`python -m tests.simulation [--dossiers N] [--seed N] [--province SLUG] [--only N]`."""

import argparse
import gc
import json

from app.provinces import loader
from tests.simulation.year import Year


def main() -> None:
    """Play the year; the last line is the JSON object."""
    parser = argparse.ArgumentParser("python -m tests.simulation", description=__doc__)
    parser.add_argument("--dossiers", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--province", choices=loader.slugs(), default=loader.slugs()[0])
    parser.add_argument("--only", type=int, help="one dossier's number: its acts are told")
    asked = parser.parse_args()
    gc.freeze()
    gc.set_threshold(50_000)  # what a dossier leaves behind is found soon enough
    numbers = range(asked.dossiers) if asked.only is None else [asked.only]
    year = Year(asked.seed, asked.province, kept=asked.only is not None)
    figures = year.play(numbers)
    for trail in year.trails.values():
        print(*trail, sep="\n")
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
