"""What a page costs a phone that has never been here, in bytes on the wire."""

from typing import NamedTuple

from playwright.sync_api import Browser


class Weight(NamedTuple):
    """Bytes as sent, headers included; `document` is the page itself."""

    requests: int
    document: int
    total: int
    each: dict[str, int]


def weigh(chromium: Browser, address: str) -> Weight:
    """The first visit of an address."""
    context = chromium.new_context(viewport={"width": 360, "height": 780})
    try:
        page = context.new_page()
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        names: dict[str, str] = {}
        sizes: dict[str, int] = {}
        line.on(
            "Network.requestWillBeSent",
            lambda it: names.update({it["requestId"]: it["request"]["url"]}),
        )
        line.on(
            "Network.loadingFinished",
            lambda it: sizes.update({it["requestId"]: int(it["encodedDataLength"])}),
        )
        page.goto(address, wait_until="networkidle")
        each = {names[key]: size for key, size in sizes.items() if names[key].startswith("http")}
        return Weight(len(each), each[address], sum(each.values()), each)
    finally:
        context.close()
