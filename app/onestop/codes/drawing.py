"""Drawing codes as SVG that can stand inside a page. Pure.

Both symbols keep their quiet zones and are drawn in one path, black on nothing.
"""

from itertools import groupby

import segno
from barcode.codex import Code128

_QUIET_MODULES = 10  # ISO/IEC 15417 section 4.4: ten modules on either side.
_BAR_HEIGHT = 40


def qr_svg(text: str, *, label: str) -> str:
    """A QR code (ISO/IEC 18004) of `text`, error level M, for phones. `label` is read aloud."""
    symbol = segno.make(text, error="m", micro=False, boost_error=False)
    rows = [f"M{x} {y}h{width}" for y, row in enumerate(symbol.matrix) for x, width in _runs(row)]
    size = len(symbol.matrix) + 8
    box = f'viewBox="-4 -4.5 {size} {size}"'
    path = f'<path stroke="#000" d="{"".join(rows)}"/>'
    return _svg("qr", box, path, label)


def code128_svg(digits: str, *, label: str) -> str:
    """A Code 128 bar code of `digits` (an even number of them), for desk scanners."""
    if not (digits.isascii() and digits.isdigit() and len(digits) % 2 == 0):
        raise ValueError("only an even number of digits is drawn, so that scanners type no letter")
    modules = [int(module) for module in Code128(digits).build()[0]]
    bars = [f"M{x} 0h{width}v{_BAR_HEIGHT}h-{width}z" for x, width in _runs(modules)]
    width = len(modules) + 2 * _QUIET_MODULES
    box = f'viewBox="{-_QUIET_MODULES} 0 {width} {_BAR_HEIGHT}" preserveAspectRatio="none"'
    return _svg("code128", box, f'<path d="{"".join(bars)}"/>', label)


def _svg(name: str, box: str, path: str, label: str) -> str:
    spoken = label.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return (
        f'<svg class="{name}" xmlns="http://www.w3.org/2000/svg" {box} role="img" '
        f'aria-label="{spoken}" shape-rendering="crispEdges">{path}</svg>'
    )


def _runs(modules: "bytearray | list[int]") -> list[tuple[int, int]]:
    """Start and width of each run of dark modules."""
    found, x = [], 0
    for dark, run in groupby(modules, key=bool):
        width = len(list(run))
        if dark:
            found.append((x, width))
        x += width
    return found
