"""One province's play from the first search to the vendor's statement."""

from contextlib import AsyncExitStack
from typing import Any

import msgspec

from app import lifecycle
from app.demo import books, citizen, desk, phone, vendor
from app.demo.browser import Browser, Page
from app.demo.cast import Cast, Person
from app.instance import Instance
from app.provinces import loader
from billing.months import month_of
from infra.embedded.process import Trouble
from tenants.current import acting_for

BIRTH_PAPERS = ["to-khai", "giay-chung-sinh"]


class Seen(msgspec.Struct, kw_only=True):
    """What people saw on their screens, and what the databases hold."""

    slug: str
    online: books.Held
    counter: books.Held
    sent: list[citizen.SentFile]
    opened: list[desk.OpenedFile]
    result_sent: str
    result_downloaded: str
    receipts: list[str]  # the text of the slips, online and counter
    plain_tracking: str
    full_tracking: str
    rated: str
    phone: list[dict[str, Any]]
    statement: dict[str, Any]
    facts: list[dict[str, Any]]


async def play(instance: Instance, cast: Cast) -> Seen:
    """Everybody's part, in order."""
    async with AsyncExitStack() as stack:
        troupe = _Troupe(instance, cast, stack)
        person = await troupe.browser()
        await citizen.find(person, cast)
        await _enter(person, "/dang-nhap", cast.citizen, instance.password)
        filed = await citizen.file(person, cast)
        await phone.wait_for(instance.phone, cast.citizen.phone, filed.code, "truc tuyen")
        opened = await troupe.receive(filed.code)
        await phone.wait_for(instance.phone, cast.citizen.phone, filed.code, "Hen tra")
        result = await troupe.settle(filed.code)
        await phone.wait_for(instance.phone, cast.citizen.phone, filed.code, "Ket qua dien tu")
        await desk.deliver(troupe.counter, filed.code, "electronic")
        downloaded = await citizen.fetch_result(person, filed.code)
        invitation = await phone.wait_for(
            instance.phone, cast.citizen.phone, filed.code, "danh gia"
        )
        rated = await citizen.rate(person, invitation["text"], troupe.host)
        plain, full = await citizen.follow(
            await troupe.browser(), filed.code, cast.citizen.phone[-4:]
        )
        slip = await troupe.paper_dossier()
        codes = (filed.code, slip.url.path.split("/")[3])
        held = await _held(cast.slug, codes)
        statement, facts = await _vendor_looks(instance, cast.slug, held, stack)
        receipts = [(await desk.receipt(troupe.counter, code)).text for code in codes]
    return Seen(
        slug=cast.slug, online=held[0], counter=held[1], sent=filed.files, opened=opened,
        result_sent=result, result_downloaded=downloaded, receipts=receipts,
        plain_tracking=plain.text, full_tracking=full.text, rated=rated.text,
        phone=[*await phone.messages(instance.phone, cast.citizen.phone),
               *await phone.messages(instance.phone, cast.visitor.phone)],
        statement=statement, facts=facts,
    )  # fmt: skip


class _Troupe:
    """The office's people, each with a browser, signed in when first needed."""

    counter: Browser

    def __init__(self, instance: Instance, cast: Cast, stack: AsyncExitStack) -> None:
        self._instance, self._cast, self._stack = instance, cast, stack
        self._signed_in: dict[str, Browser] = {}
        self.host = instance.origin(cast.slug).partition("://")[2]

    async def browser(self) -> Browser:
        """A fresh browser on the province's site."""
        opened = Browser(self._instance.origin(self._cast.slug))
        return await self._stack.enter_async_context(opened)

    async def receive(self, code: str) -> list[desk.OpenedFile]:
        """The counter opens and receives what came online."""
        self.counter = await self._officer(self._cast.counter)
        return await desk.receive_online(self.counter, code)

    async def settle(self, code: str) -> str:
        """From the counter to the signed result; the result's digest."""
        await self._decide(code, self._cast.specialist)
        return await desk.finish(self.counter, code)

    async def paper_dossier(self) -> Page:
        """A birth handed in on paper, all the way to the counter's window; its receipt."""
        visitor = self._cast.visitor
        number = f"0{visitor.phone[3:]}"
        slip = await desk.receive_on_paper(self.counter, visitor.name, number, BIRTH_PAPERS)
        code = slip.url.path.split("/")[3]
        await self._decide(code, self._cast.civil_status)
        await desk.finish_on_paper(self.counter, code)
        await desk.deliver(self.counter, code, "counter")
        await phone.wait_for(self._instance.phone, visitor.phone, code, "danh gia")
        return slip

    async def _decide(self, code: str, specialist: Person) -> None:
        await desk.hand_over(self.counter, code)
        await desk.process(await self._officer(specialist), code, "Hồ sơ hợp lệ, đủ điều kiện.")
        await desk.approve(await self._officer(self._cast.leader), code)

    async def _officer(self, person: Person) -> Browser:
        if person.username not in self._signed_in:
            browser = await self.browser()
            await _enter(browser, desk.SIGN_IN, person, self._instance.password)
            self._signed_in[person.username] = browser
        return self._signed_in[person.username]


async def _enter(browser: Browser, page: str, person: Person, password: str) -> None:
    home = await browser.enter(page, person.username, password)
    if person.name not in home.text:
        raise Trouble(f"{person.username} signed in, but {home.url} does not show the name")


async def _held(slug: str, codes: tuple[str, str]) -> list[books.Held]:
    with acting_for(await lifecycle.named(slug)):
        return [await books.held(code) for code in codes]


async def _vendor_looks(
    instance: Instance, slug: str, held: list[books.Held], stack: AsyncExitStack
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The vendor opens the month's statement and what is behind each counted line."""
    operator = loader.people().operators[0]
    browser = await stack.enter_async_context(Browser(instance.origin("ops")))
    someone = Person(operator.username, operator.name)
    await _enter(browser, "/dang-nhap", someone, instance.password)
    used = [fact for dossier in held for fact in dossier.usage]
    month = month_of(max(fact.occurred_at for fact in used))
    expected = sum(month_of(fact.occurred_at) == month for fact in used)
    shown = await vendor.statement(browser, slug, f"{month:%Y-%m}", expected)
    await browser.get(f"/bang-ke/{slug}/{month:%Y-%m}")
    lines = [line["code"] for line in shown["lines"] if line["meter"]]
    facts = [await vendor.facts_behind(browser, slug, f"{month:%Y-%m}", line) for line in lines]
    return shown, [fact for found in facts for fact in found]
