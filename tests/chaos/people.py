"""The load: people at their work, who press again when no answer comes, as people do."""

import asyncio
import base64
import ipaddress
import random
import re
import time
import zlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import httpx

from app.demo import citizen, desk
from app.demo.browser import Browser, Page
from app.demo.cast import Cast, Person
from app.demo.files import digest, pdf
from app.instance import Instance
from infra.embedded.process import Trouble
from infra.embedded.signin import SignInFailed
from tests.chaos.facts import Deed, Facts

_PATIENCE_SECONDS = 6.0
_GIVE_UP = 0.1
_BROUGHT = {"paper.to-khai", "paper.giay-chung-sinh"}
# What may go wrong on the way without being anybody's mistake.
NO_ANSWER = (httpx.HTTPError, Trouble, SignInFailed, OSError, IndexError, KeyError)
_SHOWS_INSIDES = re.compile(r"Traceback|asyncpg|redis\.exceptions|/site-packages/")


def _address(name: str) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address("10.0.0.0") + zlib.crc32(name.encode()) % 2**24


class Visitor(Browser):
    """A browser that looks at every answer it gets."""

    def __init__(self, instance: Instance, slug: str, facts: Facts) -> None:
        super().__init__(instance.origin(slug))
        self.http.timeout = httpx.Timeout(_PATIENCE_SECONDS)
        # Each sits at a place of its own: signing in again and again is limited by address.
        self.http.headers["X-Forwarded-For"] = str(_address(facts.new_name()))
        self.http.event_hooks = {"response": [self._judge]}
        self._facts, self._home = facts, instance.origin(slug)

    async def _judge(self, answer: httpx.Response) -> None:
        if not str(answer.url).startswith(self._home):
            return
        await answer.aread()
        asked = f"{answer.request.method} {answer.url.path}: {answer.status_code}"
        kind = answer.headers.get("content-type", "")
        if answer.status_code >= 500:
            self._facts.refused += 1
            told = answer.request.method == "HEAD" or "ông/bà" in answer.text.lower()
            if answer.status_code != 503 or not told or "retry-after" not in answer.headers:
                self._facts.wrong.append(f"{asked} {answer.text[:300]!r}")
        if answer.request.method == "HEAD":
            return
        if "html" in kind and (not answer.text.strip() or _SHOWS_INSIDES.search(answer.text)):
            self._facts.wrong.append(f"{asked} is blank or shows our insides")


class Worker(ABC):
    """Somebody who works until told to stop, and rests after each piece of work."""

    browser: type[Visitor] = Visitor
    rest_seconds = 0.05
    rest_share = 0.0  # so many times as long as the piece of work took, at least

    def __init__(self, instance: Instance, cast: Cast, facts: Facts, luck: random.Random) -> None:
        self.instance, self.cast, self.facts, self.luck = instance, cast, facts, luck
        self.idle, self.pieces = True, 0
        self._people: dict[str, Visitor] = {}

    async def work(self, going: asyncio.Event) -> None:
        """One piece of work after the other while `going` is set."""
        while True:
            await going.wait()
            self.idle, began = False, time.monotonic()
            try:
                await self.once()
                self.pieces += 1
            except NO_ANSWER as error:
                self.facts.miss(error)
            finally:
                self.idle = True
            took = time.monotonic() - began
            await asyncio.sleep(max(self.rest_seconds, self.rest_share * took))

    @abstractmethod
    async def once(self) -> None:
        """One piece of work from beginning to end."""

    async def at(self, person: Person | None, page: str = "/dang-nhap") -> Visitor:
        """That person's browser, signed in."""
        name = person.username if person else ""
        if name not in self._people:
            browser = self.browser(self.instance, self.cast.slug, self.facts)
            if person:
                await browser.enter(page, name, self.instance.password)
            self._people[name] = browser
        return self._people[name]

    async def anew(self, person: Person, page: str = "/dang-nhap") -> Visitor:
        """The same after a session that is gone."""
        if old := self._people.pop(person.username, None):
            await old.http.aclose()
        return await self.at(person, page)

    async def sure(self, deed: Deed, doing: Callable[[], Awaitable[Any]]) -> Any:
        """Do it until the answer says that it is done; some give up, and say so."""
        while True:
            try:
                done = await doing()
            except NO_ANSWER as error:
                self.facts.miss(error)
                if self.luck.random() < _GIVE_UP:
                    self.facts.note(deed._replace(sure=False))
                    raise
                await asyncio.sleep(0.2)
            else:
                self.facts.note(deed)
                return done

    async def close(self) -> None:
        """Go home."""
        for browser in self._people.values():
            await browser.http.aclose()


class Office(Worker):
    """The counter and those behind it: a birth on paper from the counter to the counter."""

    async def once(self) -> None:
        cast, name = self.cast, self.facts.new_name()
        try:
            page = await (await self.at(cast.counter, desk.SIGN_IN)).get(
                "/can-bo/tiep-nhan?thu-tuc=1.001193"
            )
            form = page.form("/can-bo/tiep-nhan")
        except NO_ANSWER:
            await self.anew(cast.counter, desk.SIGN_IN)
            return
        typed = {"full_name": name, "phone": "0912000777", "channel": "counter",
                 "wanted_way": "counter"}  # fmt: skip
        typed |= {tick: "co" for tick in form.ticks if tick in _BROUGHT}
        key = form.fields.get("key", "")
        slip = await self.sure(Deed("dossier", name, key), lambda: self._hand_in(page, typed))
        code = slip.url.path.split("/")[3]
        chain: tuple[tuple[Person, str, dict[str, str]], ...] = (
            (cast.counter, "chuyen", {}),
            (cast.civil_status, "tham-dinh", {"note": "Đủ điều kiện."}),
            (cast.leader, "phe-duyet", {}),
            (cast.counter, "hoan-thanh", {"on_paper": "co"}),
            (cast.counter, "tra-ket-qua", {"way": "counter"}),
        )
        for person, act, typed in chain:
            await self.sure(Deed("act", code, act), partial(self._act, person, code, act, typed))

    async def _hand_in(self, page: Page, typed: dict[str, str]) -> Page:
        browser = await self.at(self.cast.counter, desk.SIGN_IN)
        slip = await browser.press(page, "/can-bo/tiep-nhan", typed, button=("luu", "1"))
        if "/can-bo/ho-so/" not in slip.url.path:
            await self.anew(self.cast.counter, desk.SIGN_IN)
            raise Trouble(f"led to {slip.url}")
        return slip

    async def _act(self, person: Person, code: str, act: str, typed: dict[str, str]) -> None:
        browser = await self.at(person, desk.SIGN_IN)
        try:
            page = await browser.get(f"/can-bo/ho-so/{code}")
        except NO_ANSWER:
            browser = await self.anew(person, desk.SIGN_IN)
            page = await browser.get(f"/can-bo/ho-so/{code}")
        if f"/{act}" not in page.source and code in page.text:
            return  # Done already: the answer had been lost.
        await desk._act(browser, page, code, act, typed)


class Family(Worker):
    """A citizen who files online again and again, a paper with each."""

    async def once(self) -> None:
        cast, name = self.cast, self.facts.new_name().split()[1]
        browser = await self.at(cast.citizen)
        try:
            page = await browser.get(f"/nop-ho-so/{cast.procedure}")
            for half_done in page.links("/ban-nhap/"):
                # Of a session that ended in the midst of it.
                self.facts.give_up(half_done.split("/")[2])
                await browser.press(page, f"{half_done}/bo")
                page = await browser.get(f"/nop-ho-so/{cast.procedure}")
            page = await browser.press(
                page, f"/nop-ho-so/{cast.procedure}",
                {"agency_id": citizen._option_named(page, cast.agency)},
            )  # fmt: skip
        except NO_ANSWER:
            await self.anew(cast.citizen)
            return
        draft = page.url.path.split("/")[2]
        answers = {**cast.answers, "ks_ten": name}
        page = await citizen._answer_pages(browser, page, draft, answers)
        content = pdf(f"Giấy {name}", self.luck.randrange(2_000, 90_000))
        slot, _ = cast.slots
        sent = Deed("paper", f"{draft}/{slot}", digest(content))
        await self.sure(sent, lambda: self._upload(browser, draft, slot, content))
        said = {"cach_nhan": "electronic"}
        page = await browser.get(f"/ban-nhap/{draft}/kiem-tra")
        await self.sure(
            Deed("filed", name, draft), lambda: self._submit(browser, page, draft, said)
        )

    async def _upload(self, browser: Browser, draft: str, slot: str, content: bytes) -> None:
        about = {"filename": f"{slot}.pdf", "slot": slot, "draft": draft}
        said = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in about.items())
        tus = {"Tus-Resumable": "1.0.0"}
        begun = await browser.send(
            *("POST", "/tep"),
            headers={**tus, "Upload-Length": str(len(content)), "Upload-Metadata": said},
        )
        if begun.status_code != 201:
            raise Trouble(f"an upload began with {begun.status_code}")
        where, at = begun.headers["location"], 0
        for _ in range(20):
            with suppress(httpx.HTTPError):
                ended = await citizen._patch(
                    browser, where, at, len(content) - at, citizen._whole(content[at:])
                )
                if ended.status_code == 204:
                    return
            await asyncio.sleep(0.2)
            found = await browser.send("HEAD", where, headers=tus)
            at = int(found.headers.get("upload-offset", at))
            if found.status_code == 200 and at == len(content):
                return
        raise Trouble("an upload did not end")

    async def _submit(self, browser: Browser, page: Page, draft: str, said: dict[str, str]) -> None:
        sent = await browser.press(page, f"/ban-nhap/{draft}/nop", said)
        if not sent.url.path.startswith("/da-nop/"):
            raise Trouble(f"submitting led to {sent.url}")


class Follower(Worker):
    """Somebody who looks where the dossiers are."""

    async def once(self) -> None:
        browser = await self.at(None)
        codes = [deed.key for deed in self.facts.of("act")]
        if not codes:
            await browser.get("/")
            return
        code = self.luck.choice(codes)
        page = await browser.get(f"/tra-cuu/{code}")
        if code not in page.text:
            self.facts.wrong.append(
                f"the tracking page of {code} does not show it: {page.text[:200]}"
            )


class Meter(Worker):
    """A meter outside of the system, which sends again what was not answered."""

    token = began = ""

    async def once(self) -> None:
        name = self.facts.new_name().split()[1]
        await self.sure(Deed("usage", name), lambda: self._send(name))
        await asyncio.sleep(0.2)

    async def _send(self, name: str) -> None:
        event = {
            "specversion": "1.0", "id": name, "source": "//chaos.test/meter",
            "type": "vn.motcua.api.call", "subject": "chaos", "time": self.began,
            "data": {"quantity": 1},
        }  # fmt: skip
        browser = await self.at(None)
        answer = await browser.http.post(
            f"{self.instance.origin('ops')}/api/v1/usage", json=event,
            headers={"Authorization": f"Bearer {self.token}",
                     "Content-Type": "application/cloudevents+json"},
        )  # fmt: skip
        if answer.status_code not in {200, 201}:
            raise Trouble(f"usage was answered with {answer.status_code}: {answer.text[:200]}")
