"""The vendor's page on backups: sets, copies, drills, and what is red."""

from litestar import Response, get

from app.doors.backup_words import FAILURES, KINDS, PLACES, STATES, TO_DO, TRAILS, WORRIES
from app.doors.render import page
from tenants.backup import queries


@get("/sao-luu")
async def show_backups() -> Response[bytes]:
    """How every tenant's backups stand, the newest sets, the newest drills."""
    shown = await queries.overview()
    red = {worry for tenant in shown.tenants for worry in tenant.worries}
    return page(
        "ops/backups.html",
        shown=shown,
        words={
            "worries": WORRIES,
            "kinds": KINDS,
            "states": STATES,
            "trails": TRAILS,
            "places": PLACES,
        },
        failures=FAILURES,
        to_do=[(words, TO_DO[worry]) for worry, words in WORRIES.items() if worry in red],
        here="/sao-luu",
    )
