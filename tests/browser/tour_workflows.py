"""The administrators' pages of workflows, from an example to the dossiers that take it up."""

from playwright.sync_api import Page, expect

from tests import cast
from tests.browser import walks
from tests.browser.gallery import Gallery

HERE = "/quan-tri/quy-trinh"
FORM = f"{HERE}/lap/{walks.BIRTH}"


def workflows(shown: Gallery) -> None:
    """Drafted, refused, published; open dossiers stand beside it until they are chosen."""
    shown.at(cast.THU, HERE, "workflows-none")
    shown.at(cast.THU, f"{HERE}?tim=khai+sinh", "workflows-found")
    page = shown.visit(cast.THU, f"{FORM}?mau=karaoke-lien-thong")
    shown.look(page, "workflow-form")
    _save(page, '{"la": 1, "tree": {"node": "buoc"}}')
    shown.look(page, "workflow-unreadable")
    page.goto(shown.instance.origin("binhdinh") + f"{FORM}?mau=karaoke-lien-thong")
    walks.press(page, "Lưu bản nháp")
    expect(page.get_by_role("status")).to_contain_text("Đã lưu bản nháp")
    shown.look(page, "workflow-draft")
    walks.press(page, "Công bố")
    expect(page.get_by_role("status")).to_contain_text("Đã công bố")
    at = page.url.partition("?")[0]
    walks.follow(page, "Chuyển hồ sơ đang giải quyết")
    shown.look(page, "workflow-moves")
    walks.press(page, "Chuyển hồ sơ đã chọn")
    shown.look(page, "workflow-moves-none-chosen")
    page.goto(at)
    # Births are received in other tests too, by the steps the procedure itself has.
    walks.press(page, "Ngừng dùng")
    expect(page.get_by_role("status")).to_contain_text("Đã ngừng dùng")
    shown.look(page, "workflow-retired")
    shown.at(cast.THU, HERE, "workflows")


def _save(page: Page, text: str) -> None:
    page.locator("#document").fill(text)
    walks.press(page, "Lưu bản nháp")
    expect(page.locator("main [role=alert]").first).to_be_visible()
