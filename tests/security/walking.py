"""Walking the doors: what was answered, and what of it should never have been."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple

import httpx

from app.doors.session_store import client
from app.doors.signin.paths import SIGN_IN
from tenants import db
from tenants.db import control_place
from tenants.work import Work
from tests.security.routes import Door
from tests.security.treasure import Treasure

# Whether the transaction has written anything, and left no trail of it.
_SILENT = """
select pg_current_xact_id_if_assigned() is not null
   and not exists (select from trail where xmin = pg_current_xact_id_if_assigned()::xid)
"""


class Answer(NamedTuple):
    """What a door answered: `status` is a number, or "login" where it asked to sign in."""

    status: str
    text: str  # headers and body

    def leaks(self, markers: Iterable[str]) -> list[str]:
        """Which of the markers it shows."""
        return [marker for marker in markers if marker in self.text]


class Undone:
    """In the place of a commit: nothing is kept, and doors that write without a trail are noted."""

    def __init__(self) -> None:
        self.silent: set[str] = set()
        self.door = ""

    def instead_of_commit(self) -> Callable[[Work], Awaitable[None]]:
        """What every unit of work does from now on."""

        async def undo(unit: Work) -> None:
            # A unit on the control database has no trail.
            begun = unit._connection is not None and unit._place != control_place()
            if begun and await unit._connection.fetchval(_SILENT):
                self.silent.add(self.door)
            await unit.roll_back()

        return undo


async def walked(
    browser: httpx.AsyncClient,
    doors: Sequence[Door],
    treasure: Treasure,
    undone: Undone | None = None,
) -> dict[str, Answer]:
    """What each door answers to one browser that asks for the treasure."""
    await forget_counts(browser.base_url.host.partition(".")[0])
    found = {}
    for door in doors:
        if undone:
            undone.door = door.name
        found[door.name] = await _answer(browser, door, treasure)
    return found


async def forget_counts(slug: str) -> None:
    """Whoever walks every door at once would be told to wait; a site's sessions are kept."""
    async for key in client().scan_iter(f"*{slug}*"):
        if not key.startswith((b"session:", b"session-of:", b"flow:")):
            await client().delete(key)


async def digest() -> dict[str, str]:
    """Everything in the current tenant's tables, each as a digest, so that any change shows."""
    names = await db.tenant.fetch(
        "select tablename as name from pg_tables where schemaname = 'public'"
    )
    each = (
        f"select '{row['name']}', coalesce(md5(string_agg(t::text, '' order by t::text)), '')"
        f' from "{row["name"]}" t'
        for row in names
    )
    return {row[0]: row[1] for row in await db.tenant.fetch(" union all ".join(each))}


async def kept(slug: str) -> dict[bytes, bytes | None]:
    """What Valkey holds for a site, by its keys; rings are forgotten within a minute."""
    every = [key async for key in client().scan_iter(f"*{slug}*")]
    mine = [key for key in every if not key.startswith(b"motcua:rung:")]
    return {key: await client().dump(key) for key in sorted(mine)}


async def _answer(browser: httpx.AsyncClient, door: Door, treasure: Treasure) -> Answer:
    asked = door.ask(treasure)
    if door.method == "PATCH":
        asked.more["headers"]["Content-Type"] = "application/offset+octet-stream"
    answer = await browser.request(asked.method, asked.path, **asked.more)
    said = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return Answer(_status(answer), f"{said}\n{answer.text}")


def _status(answer: httpx.Response) -> str:
    to = answer.headers.get("location", "").partition("?")[0]
    asks = answer.status_code == 401 or (answer.status_code == 303 and to in SIGN_IN.values())
    return "login" if asks else str(answer.status_code)
