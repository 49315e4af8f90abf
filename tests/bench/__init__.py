"""Benchmarks, not tests: how fast the product is, as ratios measured in one and the same run.

    python -m tests.bench                   everything, some ten minutes
    python -m tests.bench tracking memory   some parts
    python -m tests.bench --quick           everything with short rounds, to see that it works

The machine's speed drifts, so contenders take turns round by round and only ratios are kept in
mind. The last line is one JSON object with every figure.
"""
