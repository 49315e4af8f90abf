"""Gathers the icons we use into one SVG sprite, drawn with `<use href="…/icons.svg#name">`."""

import re
from pathlib import Path

NAMES = """
    search file-text upload camera check x chevron-right chevron-left chevron-down arrow-left
    arrow-right phone clock calendar map-pin building-2 user users inbox printer download copy
    qr-code circle-alert triangle-alert info circle-check log-in log-out house baby hammer heart
    briefcase book-open car graduation-cap star smile meh frown paperclip external-link
    receipt-text wallet menu list-checks send rotate-cw pencil trash-2 bell stamp file-check
    sprout hourglass id-card folder-open circle-help hand-coins shield-check store
""".split()  # noqa: SIM905 - sixty names read better as a block
NOISE = re.compile(r"<!--.*?-->|<svg.*?>|</svg>", re.DOTALL)
STYLE = (
    'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
    'stroke-linejoin="round"'
)


def build(source: Path, target: Path) -> None:
    """Write the sprite of NAMES from the single icons in the folder `source`."""
    symbols = "".join(_symbol(name, (source / f"{name}.svg").read_text()) for name in NAMES)
    target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n')


def _symbol(name: str, svg: str) -> str:
    shapes = re.sub(r"\s+", " ", NOISE.sub("", svg)).replace("> <", "><").replace(" />", "/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24" {STYLE}>{shapes.strip()}</symbol>'
