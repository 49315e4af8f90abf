"""Looking at a page as a careful official would: narrow and wide, by day and by night."""

import json
import os
from pathlib import Path
from typing import Any, Literal

import msgspec
from playwright.sync_api import Page

_AXE = next((Path(__file__).parents[1] / "vendor").glob("axe-core-*/axe.min.js")).read_text()
# A narrow page holds the same elements: only what their places decide is asked again. Colours have
# names that mean one thing by day and another by night, at any width: once each.
_LAYOUT = ["color-contrast", "target-size", "scrollable-region-focusable", "region", "link-name"]
_RULES: dict[tuple[int, Literal["light", "dark"]], Any] = {
    (1280, "light"): [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
    ],
    (320, "dark"): {"type": "rule", "values": _LAYOUT},
}  # fmt: skip
_PICTURES = os.environ.get("MOTCUA_PICTURES")
_ASK = """rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})
    .then(it => it.violations)"""
# A slip is one document printed twice.
_FACTS = """() => ({
    wide: document.documentElement.scrollWidth - innerWidth,
    language: document.documentElement.lang,
    headings:
        document.querySelectorAll('h1').length / (document.querySelectorAll('.sheet').length || 1),
    title: document.title,
})"""


class Look(msgspec.Struct, frozen=True):
    """One page as it was seen; `faults` are axe's, `wide` what does not fit at 320 px."""

    name: str
    url: str
    title: str
    language: str
    headings: float
    wide: list[int]
    faults: list[str]


# Sent to a browser once and made ready by the pages that are looked at.
SCRIPT = f"window.readyAxe = () => {{ {_AXE} }};"
_READY = "() => window.readyAxe ? (window.axe || window.readyAxe(), true) : false"


def look(page: Page, name: str) -> Look:
    """The page narrow and wide, by day and by night; viewport and colours are as before afterwards.

    With MOTCUA_PICTURES set, pictures of the page are kept in that folder.
    """
    before = page.viewport_size
    if not page.evaluate(_READY):
        page.evaluate(_AXE)
    faults: list[str] = []
    wide = []
    facts = {}
    for (width, scheme), rules in _RULES.items():
        _become(page, width, scheme)
        faults += [_said(each, width, scheme) for each in page.evaluate(_ASK, rules)]
        facts = page.evaluate(_FACTS)
        wide.append(facts["wide"])
    if _PICTURES:
        _keep_pictures(page, f"{_PICTURES}/{name}")
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)
    return Look(name, page.url, facts["title"], facts["language"], facts["headings"], wide, faults)


def _become(page: Page, width: int, scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)


def _keep_pictures(page: Page, start: str) -> None:
    for width in (1280, 320):
        for scheme in ("light", "dark"):
            _become(page, width, scheme)
            page.screenshot(path=f"{start}-{width}-{scheme}.png", full_page=True)


def _said(fault: dict, width: int, scheme: str) -> str:
    first = fault["nodes"][0]
    data = json.dumps(first["any"][0]["data"] if first["any"] else "", ensure_ascii=False)[:200]
    return f"{width} {scheme}: {fault['id']} ({len(fault['nodes'])}) {first['html'][:160]} {data}"
