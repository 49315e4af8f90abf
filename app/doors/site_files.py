"""The tenant's own style sheet and mark."""

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.doors.sites import files_of
from tenants.current import current


@get("/tinh/{digest:str}/{name:str}", opt={"public": True}, include_in_schema=False)
async def serve_site_file(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One small file, kept by the browser: its address changes with its content."""
    found = files_of(current().site).get(name)
    if found is None:
        raise NotFoundException
    body, media_type = found
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(body, media_type=media_type, headers=headers)
