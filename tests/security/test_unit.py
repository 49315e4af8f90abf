"""Around every request: what is refused leaves nothing, and what only reads cannot write."""

import httpx
from litestar import Litestar, get, post

from app.doors import failures
from app.doors.unit import UnitOfWork
from app.refusals import Malformed
from tenants import db

_WRITE = "insert into code_counter values ('x', '2026-01-01', 1)"
_COUNT = "select count(*) from code_counter"


@post("/kept")
async def keep() -> None:
    """An act."""
    await db.tenant.execute(_WRITE)


@post("/refused")
async def refuse() -> None:
    """An act that ends with a refusal."""
    await db.tenant.execute(_WRITE)
    raise Malformed


@get("/reading")
async def write_while_reading() -> None:
    """A page that writes."""
    await db.tenant.execute(_WRITE)


async def test_only_an_act_that_was_not_refused_is_kept(tenant):
    site = Litestar(
        [keep, refuse, write_while_reading], middleware=[UnitOfWork()],
        exception_handlers=failures.HANDLERS, openapi_config=None,
    )  # fmt: skip
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(site), base_url="http://x"
    ) as browser:
        assert (await browser.post("/refused")).status_code == 422
        assert (await browser.get("/reading")).status_code == 500
        assert await db.tenant.fetch_value(_COUNT) == 0
        assert (await browser.post("/kept")).status_code == 201
        assert await db.tenant.fetch_value(_COUNT) == 1
