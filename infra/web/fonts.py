"""Cuts web fonts down to the letters Vietnamese offices write, one small file per weight.

The source packages split each weight by alphabet; a page in Vietnamese needs two of the parts,
so the parts are cut first and merged afterwards: one request, about 10 KB.
"""

import tempfile
from pathlib import Path

WEIGHTS = (400, 600)
VIETNAMESE = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư" + "".join(
    chr(code) for code in range(0x1EA0, 0x1EFA)
)
SIGNS = "₫“”‘’–—…«»·•°²³½×÷±§©−\u00a0\u202f"
LETTERS = frozenset(VIETNAMESE) | frozenset(SIGNS) | {chr(code) for code in range(32, 127)}


def subset(source: Path, target: Path) -> None:
    """Write `<weight>.woff2` for each weight into `target` from the parts found in `source`."""
    for weight in WEIGHTS:
        parts = [
            next(source.glob(f"*-{part}-{weight}-normal.woff2")) for part in ("latin", "vietnamese")
        ]
        _merge(parts, target / f"{weight}.woff2")


def _merge(parts: list[Path], out: Path) -> None:
    from fontTools.merge import Merger, Options  # type: ignore[import-untyped]

    with tempfile.TemporaryDirectory() as scratch:
        cut: list[str] = []
        done: set[str] = set()
        for part in parts:
            path = Path(scratch) / f"{part.stem}.ttf"
            done |= _cut(part, path, LETTERS - done)
            cut.append(str(path))
        options = Options()
        options.drop_tables = ["GSUB", "STAT", "DSIG", "meta"]
        font = Merger(options).merge(cut)
    missing = LETTERS - {chr(code) for code in font.getBestCmap()} - {"\u202f"}
    if missing:
        raise ValueError(f"{out.name} lacks {''.join(sorted(missing))}")
    # A subset is a modified version, so it must not carry the reserved name of the original.
    for record in font["name"].names:
        record.string = "Motcua Sans"
    font.flavor = "woff2"
    font.save(out)


def _cut(source: Path, target: Path, wanted: set[str] | frozenset[str]) -> set[str]:
    """Save the part of `source` that covers `wanted`; returns the letters it covers."""
    from fontTools import subset as tool  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    font = TTFont(source)
    letters = wanted & {chr(code) for code in font.getBestCmap()}
    options = tool.Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.name_IDs = [1, 2]
    options.notdef_outline = True
    cutter = tool.Subsetter(options)
    cutter.populate(text="".join(letters))
    cutter.subset(font)
    font.flavor = None
    font.save(target)
    return set(letters)
