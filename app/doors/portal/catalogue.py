"""The public catalogue: home, search, one procedure."""

from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from app.doors.asked import Asked
from app.doors.portal.shown import procedure_view
from app.doors.render import is_fragment, page
from app.onestop.catalog import queries
from app.refusals import NotFound

# What people come for most; codes that a province does not offer are left out.
COMMON = (
    "1.001193",
    "2.000635",
    "1.000894",
    "1.004873",
    "2.000815",
    "2.000884",
    "1.013225",
    "1.004884",
    "1.012784",
)
_FIRST_FOUND, _MOST_FOUND = 8, 30
Words = Annotated[str, QueryParameter(name="tim", max_length=200)]


@get("/", opt={"public": True})
async def home() -> Response[bytes]:
    """One search box, the common procedures, one tracking box."""
    return page("portal/home.html", here="/", common=await queries.listed(COMMON))


@get("/thu-tuc", opt={"public": True})
async def list_procedures(request: Asked, words: Words = "") -> Response[bytes]:
    """Search results, or the whole catalogue by field when nothing was typed."""
    while_typing = is_fragment(request)
    limit = _FIRST_FOUND if while_typing else _MOST_FOUND
    found = await queries.search(words, limit=limit) if words.strip() else None
    if while_typing:
        return page("portal/_found.html", found=found, typing=True)
    fields = {} if found and found.procedures else await queries.by_field()
    return page("portal/procedures.html", here="/thu-tuc", found=found, fields=fields, words=words)


@get("/thu-tuc/{code:str}", opt={"public": True})
async def show_procedure(code: FromPath[str]) -> Response[bytes]:
    """The five answers first: what is needed, where, how long, how much, what is received."""
    found = await queries.procedure(code)
    if found is None or not found.open:
        raise NotFound
    return page("portal/procedure.html", here="/thu-tuc", shown=procedure_view(found))
