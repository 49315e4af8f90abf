"""One brand colour in, a whole safe palette out, for light and dark screens.

A province chooses one colour; nobody there should need to know what contrast is. Each role keeps
the hue and moves the lightness, in the OKLCH space (Björn Ottosson, 2020), until the contrast of
WCAG 2.2 is met on every ground it stands on. Pure: a colour is text such as "#0b6e4f".
"""

import math
import re
from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import NamedTuple

WHITE = "#ffffff"
SURFACE = "#f4f6f8"
DARK_BG = "#0f1317"
DARK_SURFACE = "#1a2027"
_STEP = 0.004
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


class BadColour(ValueError):
    """Not six hexadecimal digits after a number sign."""


class Roles(NamedTuple):
    """What the stylesheet draws with; every value is `#rrggbb`."""

    accent: str  # the raw colour, decoration only
    brand: str  # buttons and links on light grounds, white text on it
    strong: str  # hover, small text
    soft: str  # tinted ground
    dark_brand: str  # buttons on dark grounds, white text on it
    dark_hover: str
    dark_text: str  # links on dark grounds
    dark_soft: str

    @property
    def adjusted(self) -> bool:
        """Whether the chosen colour had to be changed to be readable as text and button."""
        return self.brand != self.accent


class _Lch(NamedTuple):
    """A colour in OKLCH: lightness 0-1, chroma from 0, hue in radians."""

    lightness: float
    chroma: float
    hue: float


@lru_cache(maxsize=512)
def roles(colour: str) -> Roles:
    """All roles of one brand colour; raises BadColour."""
    raw = colour.lower()
    if not _HEX.fullmatch(raw):
        raise BadColour(colour)
    lch = _to_lch(raw)
    soft = _hex(_Lch(0.96, min(lch.chroma, 0.03), lch.hue))
    dark_soft = _hex(_Lch(0.26, min(lch.chroma, 0.05), lch.hue))
    brand = _move(raw, lch, -_STEP, lambda c: _least(c, WHITE, SURFACE, soft) >= 4.5)
    return Roles(
        accent=raw,
        brand=brand,
        strong=_move(brand, _to_lch(brand), -_STEP, lambda c: contrast(c, soft) >= 7),
        soft=soft,
        dark_soft=dark_soft,
        dark_text=_move(
            raw,
            lch,
            _STEP,
            lambda c: contrast(c, DARK_BG) >= 7 and _least(c, DARK_SURFACE, dark_soft) >= 4.5,
        ),
        **_dark_buttons(raw, lch),
    )


def stylesheet(colour: str) -> str:
    """The tenant's stylesheet: custom properties only, below one kilobyte."""
    r = roles(colour)
    light = (
        f"--brand:{r.brand};--brand-hover:{r.strong};--brand-text:{r.brand};"
        f"--brand-strong:{r.strong};--brand-soft:{r.soft};--brand-deep:{r.strong};"
        f"--brand-accent:{r.accent}"
    )
    dark = (
        f"--brand:{r.dark_brand};--brand-hover:{r.dark_hover};--brand-text:{r.dark_text};"
        f"--brand-strong:{r.dark_text};--brand-soft:{r.dark_soft};--brand-deep:{r.dark_soft}"
    )
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def mark(name: str, colour: str) -> str:
    """An SVG mark for an office without a logo: the initials of `name` in a doorway."""
    initials = "".join(word[0] for word in name.split() if word[0].isalpha())[-2:].upper()
    size = 20 if len(initials) > 1 else 26
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img">'
        f'<rect width="64" height="64" rx="14" fill="{roles(colour).brand}"/>'
        '<path d="M14 56V30a18 18 0 0 1 36 0v26" fill="none" stroke="#fff" stroke-width="3" '
        'stroke-linecap="round"/>'
        f'<text x="32" y="44" font-family="Arial,Helvetica,sans-serif" font-size="{size}" '
        f'font-weight="700" fill="#fff" text-anchor="middle">{escape(initials)}</text></svg>'
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 (the same) to 21 (black on white)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _least(colour: str, *grounds: str) -> float:
    return min(contrast(colour, ground) for ground in grounds)


def _dark_buttons(raw: str, lch: _Lch) -> dict[str, str]:
    """Button and hover for dark grounds: both ends of the range that passes, if it is narrow."""

    def passes(colour: str) -> bool:
        return contrast(WHITE, colour) >= 4.5 and contrast(colour, DARK_BG) >= 3

    lightest = _move(WHITE, lch._replace(lightness=1.0), -_STEP, passes)
    darkest = _move("#000000", lch._replace(lightness=0.0), _STEP, passes)
    brand = raw if passes(raw) else lightest if _luminance(raw) > 0.15 else darkest
    return {"dark_brand": brand, "dark_hover": darkest if brand == lightest else lightest}


def _move(start: str, lch: _Lch, step: float, passes: Callable[[str], bool]) -> str:
    """`start` if it passes, else the first colour that does when its lightness is stepped."""
    colour, lightness = start, lch.lightness
    while not passes(colour):
        lightness += step
        colour = _hex(lch._replace(lightness=min(max(lightness, 0.0), 1.0)))
    return colour


def _channels(colour: str) -> tuple[float, float, float]:
    """Linear-light red, green and blue, 0-1."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _encoded(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)


def _luminance(colour: str) -> float:
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_lch(colour: str) -> _Lch:
    r, g, b = _channels(colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return _Lch(lightness, math.hypot(a, b), math.atan2(b, a))


def _to_rgb(lch: _Lch) -> tuple[float, float, float]:
    """Linear-light channels; outside 0-1 where the screen cannot show the colour."""
    a, b = lch.chroma * math.cos(lch.hue), lch.chroma * math.sin(lch.hue)
    long = (lch.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lch.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lch.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _hex(lch: _Lch) -> str:
    """The nearest colour a screen can show: same lightness and hue, chroma cut as needed."""
    low, high = 0.0, lch.chroma
    if not _shown(_to_rgb(lch)):
        for _ in range(14):
            middle = (low + high) / 2
            low, high = (
                (middle, high) if _shown(_to_rgb(lch._replace(chroma=middle))) else (low, middle)
            )
        high = low
    channels = _to_rgb(lch._replace(chroma=high))
    return "#" + "".join(f"{round(255 * _encoded(min(max(c, 0.0), 1.0))):02x}" for c in channels)


def _shown(channels: tuple[float, float, float]) -> bool:
    return all(-1e-4 <= channel <= 1 + 1e-4 for channel in channels)
