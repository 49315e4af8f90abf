"""Figures: medians over rounds, and how they are shown."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

Figures = dict[str, Any]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def part_of(values: Sequence[float], share: float) -> float:
    """The value below which `share` of all values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def latency(seconds: Sequence[float]) -> Figures:
    """Percentiles in milliseconds."""
    points = {"p50_ms": 0.50, "p95_ms": 0.95, "p99_ms": 0.99}
    return {name: round(part_of(seconds, share) * 1000, 2) for name, share in points.items()}


def ratio(mine: Sequence[float], other: Sequence[float]) -> float:
    """The median of the rounds' own ratios: what drifts between rounds drops out."""
    return round(median([a / b for a, b in zip(mine, other, strict=True)]), 3)


def heading(text: str) -> None:
    """A line that begins a part."""
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def table(rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Rows of figures with the same columns, aligned."""
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    width = max(len(name) for name in rows) + 2
    room = {name: max(13, len(name) + 2) for name in columns}
    print(" " * width + "".join(f"{name:>{room[name]}}" for name in columns))
    for name, row in rows.items():
        cells = "".join(f"{_shown(row.get(column)):>{room[column]}}" for column in columns)
        print(f"{name:{width}}{cells}", flush=True)


def aim(name: str, value: float, wanted: float, *, at_most: bool = False) -> None:
    """One line that says whether an aim is met."""
    met = value <= wanted if at_most else value >= wanted
    word = "at most" if at_most else "at least"
    print(f"  {'met   ' if met else 'MISSED'}  {name}: {value:g} ({word} {wanted:g})", flush=True)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return "" if value is None else str(value)
