"""The vendor's page on backups: sets, copies, drills, and what is red."""

from litestar import Response, get

from app.doors.backup_words import KINDS, STATES, TRAILS, WORRIES
from app.doors.render import page
from tenants.backup import queries


@get("/sao-luu")
async def show_backups() -> Response[bytes]:
    """How every tenant's backups stand, the newest sets, the newest drills."""
    return page(
        "ops/backups.html",
        shown=await queries.overview(),
        words={"worries": WORRIES, "kinds": KINDS, "states": STATES, "trails": TRAILS},
        here="/sao-luu",
    )
