"""Where citizens file each procedure (tiếp nhận trực tuyến): here, at the national portal, not."""

from typing import Annotated
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.admin.entry import administrator
from app.doors.asked import Asked
from app.doors.render import page
from app.doors.sent import texts
from app.onestop.catalog import queries
from app.onestop.catalog.service import switch_filing

Words = Annotated[str, QueryParameter(name="tim", max_length=200)]
Changed = Annotated[str, QueryParameter(name="xong", max_length=20)]
HERE = "/quan-tri/thu-tuc"
FILINGS = {
    "local": "Nhận trên cổng này",
    "national_portal": "Chuyển đến Cổng Dịch vụ công quốc gia",
    "off": "Không nhận trực tuyến",
}
_ALL = 2000


@get(HERE)
async def list_procedures(
    request: Asked, words: Words = "", changed: Changed = ""
) -> Response[bytes]:
    """The public catalogue with the switch of each procedure."""
    await administrator(request)
    found = await queries.search(words, limit=_ALL)
    return page(
        "admin/procedures.html",
        here=HERE,
        procedures=found.procedures,
        words=words,
        changed=await queries.listed([changed]),
        filings=list(FILINGS.items()),
    )


@post("/quan-tri/thu-tuc/{code:str}")
async def switch(request: Asked, code: FromPath[str]) -> Redirect:
    """Turn a procedure's switch."""
    officer, sent = await administrator(request), await texts(request)
    await switch_filing(officer, code, sent.get("filing", ""))
    words = quote(sent.get("tim", ""))
    return Redirect(f"{HERE}?xong={quote(code)}&tim={words}#{quote(code)}", status_code=303)
