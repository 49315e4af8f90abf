"""The second play: a birth registered anew where its register lies in the other province, which is
asked to look it up there (Decree 123/2015/NĐ-CP, Article 26)."""

import asyncio
from contextlib import AsyncExitStack
from datetime import date

import msgspec

from app.demo import desk
from app.demo.browser import Browser, Page
from app.demo.cast import Cast, Person, administrator_of
from app.demo.files import digest
from app.instance import Instance
from app.onestop.catalog.shapes import PostKind
from app.onestop.workflows.agencies import ByKey
from app.onestop.workflows.tree import Role, Sequence, Step, Sub, Workflow
from app.provinces import loader
from infra.embedded.process import Trouble

PROCEDURE = "1.004884"
_PATIENCE_SECONDS = 60
_LIST = "/can-bo/lien-thong"
_NOTE = "Hồ sơ hợp lệ, đủ điều kiện."


class Exchanged(msgspec.Struct, kw_only=True):
    """What went to the other province and what came back: codes, and the digest of its answer."""

    code: str
    their_code: str
    answer_sent: str
    answer_opened: str


async def play(instance: Instance, ours: Cast, theirs: Cast) -> Exchanged:
    """A dossier of ours goes to them and their answer comes back."""
    async with AsyncExitStack() as stack:
        here, there = (_Office(instance, cast, stack) for cast in (ours, theirs))
        await _publish(await here.as_(administrator_of(ours.slug)), theirs.slug)
        code = await _take_in(here, ours)
        their_code, sent = await _settle(there, theirs, code)
        opened = await _answer(await here.as_(ours.civil_status), code)
        await desk.approve(await here.as_(ours.leader), code)
        await desk.finish(await here.as_(ours.counter), code)
    return Exchanged(code=code, their_code=their_code, answer_sent=sent, answer_opened=opened)


class _Office:
    """One province's people, each signed in when first needed."""

    def __init__(self, instance: Instance, cast: Cast, stack: AsyncExitStack) -> None:
        self._instance, self._slug, self._stack = instance, cast.slug, stack
        self._signed_in: dict[str, Browser] = {}

    async def as_(self, person: Person) -> Browser:
        """That officer's browser."""
        if person.username not in self._signed_in:
            opened = Browser(self._instance.origin(self._slug))
            browser = await self._stack.enter_async_context(opened)
            await browser.enter(desk.SIGN_IN, person.username, self._instance.password)
            self._signed_in[person.username] = browser
        return self._signed_in[person.username]


def workflow(partner: str) -> Workflow:
    """The procedure's own steps, with the look into the other province's register between them."""
    there = ByKey(loader.load(partner).home_agency)
    return Workflow(
        code="dang-ky-lai-khai-sinh-xac-minh", version=1,
        name="Đăng ký lại khai sinh, xác minh ở nơi đăng ký trước đây",
        valid_from=date(2025, 7, 1), basis="Điều 26 Nghị định số 123/2015/NĐ-CP",
        tree=Sequence((
            Step("tiep-nhan", "Tiếp nhận, chuyển hồ sơ", PostKind.RECEPTION, 10),
            Step("thu-ly", "Thẩm tra hồ sơ", PostKind.SPECIALIST, 30, "tu-phap-ho-tich"),
            Sub("xac-minh", "Xác minh sổ đăng ký khai sinh trước đây", there, Role.SUPPORT, 40,
                tenant=partner),
            Step("phe-duyet", "Phê duyệt kết quả", PostKind.LEADER, 20),
            Step("tra-ket-qua", "Trả kết quả", PostKind.RECEPTION),
        )),
    )  # fmt: skip


async def _publish(browser: Browser, partner: str) -> None:
    at = f"/quan-tri/quy-trinh/lap/{PROCEDURE}"
    data = msgspec.json.encode(workflow(partner))
    page = await browser.get(at)
    files = {"tep": ("quy-trinh.json", data, "application/json")}
    draft = await browser.press(page, at, files=files)
    done = await browser.press(draft, f"{draft.url.path}/cong-bo")
    if "Đã công bố" not in done.text:
        raise Trouble(f"the workflow was not published: {done.text[:600]}")


async def _take_in(here: _Office, cast: Cast) -> str:
    """From the counter to the step that waits for the other province; the dossier's code."""
    counter, visitor = await here.as_(cast.counter), cast.visitor
    number = f"0{visitor.phone[3:]}"
    slip = await desk.receive_on_paper(counter, visitor.name, number, procedure=PROCEDURE)
    code = slip.url.path.split("/")[3]
    await desk.hand_over(counter, code)
    await desk.process(await here.as_(cast.civil_status), code, _NOTE)
    return code


async def _settle(there: _Office, cast: Cast, code: str) -> tuple[str, str]:
    """The other province receives it like any other; its code there and its answer's digest."""
    counter = await there.as_(cast.counter)
    page = await _until(counter, _LIST, f"Mã bên gửi: {code}")
    link = page.link_before(f"Mã bên gửi: {code}", "/can-bo/ho-so/")
    theirs = link.rpartition("/")[2]
    await desk.receive_online(counter, theirs)
    await desk.hand_over(counter, theirs)
    await desk.process(await there.as_(cast.civil_status), theirs, _NOTE)
    await desk.approve(await there.as_(cast.leader), theirs)
    return theirs, await desk.finish(counter, theirs)


async def _answer(browser: Browser, code: str) -> str:
    """Its answer is among the dossier's papers; the digest of what is opened there."""
    page = await _until(browser, f"/can-bo/ho-so/{code}", "Giấy tờ hệ thống khác trả về")
    links = page.links("/giay-to/")
    return digest((await browser.get(links[-1])).answer.content)


async def _until(browser: Browser, where: str, words: str) -> Page:
    """The page as soon as it says so: messages are sent by the worker."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while words not in (page := await browser.get(where)).text:  # noqa: ASYNC110  Only asking tells.
            await asyncio.sleep(0.5)
    return page
