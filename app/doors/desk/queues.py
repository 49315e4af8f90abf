"""The reception desk's three lists (bàn tiếp nhận), the inbox (hộp việc), and finding a dossier."""

from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.desk import lists_view as view
from app.doors.desk.places import (
    agencies_of,
    archives_of,
    desk_posts_of,
    desks_of,
    handling_posts_of,
    home_of,
)
from app.doors.render import page
from app.doors.sessions import actor
from app.onestop.codes.aliases import present_code
from app.onestop.codes.rules import read
from app.onestop.dossiers import queries
from app.onestop.exchange.queries import troubles
from app.people.shapes import Actor
from app.trail.reading import note

Typed = Annotated[str, QueryParameter(name="tim", max_length=300)]
Which = Annotated[str, QueryParameter(name="hang", max_length=20)]
After = Annotated[str, QueryParameter(name="sau", max_length=80)]
HOME, INBOX = "/can-bo", "/can-bo/hop-viec"
PASSING, READY = "cho-chuyen", "cho-tra"


@get(HOME, opt={"reads": "search"})
async def show_desk(
    request: Asked, typed: Typed = "", which: Which = "", after: After = ""
) -> Response[bytes] | Redirect:
    """The desk's lists; with `tim` what was scanned or typed is looked for."""
    officer = await actor(request)
    if typed.strip():
        return await _find(officer, typed.strip())
    if not desks_of(officer):
        return Redirect(home_of(officer), status_code=303)
    return await _desk_page(officer, which, after or None)


@get(INBOX)
async def show_inbox(request: Asked, after: After = "") -> Response[bytes]:
    """What it is this officer's turn to do, the most urgent first."""
    officer = await actor(request)
    found = await queries.inbox(handling_posts_of(officer), mine=officer.id, after=after or None)
    return page(
        "desk/inbox.html",
        here=INBOX,
        groups=view.groups(found.groups, several=len(agencies_of(officer)) > 1),
        total=found.total,
        troubles=await troubles(officer),
        first=INBOX if after else "",
        next=f"{INBOX}?sau={found.next}" if found.next else "",
    )


async def _desk_page(officer: Actor, which: str, after: str | None) -> Response[bytes]:
    here = f"{HOME}?hang={which}" if which in (PASSING, READY) else HOME
    queue = await _queue(officer, which, after)
    counts = await queries.desk_counts(desks_of(officer), desk_posts_of(officer))
    passing = await queries.hand_over_count(desk_posts_of(officer))
    return page(
        "desk/queues.html",
        here=HOME,
        tab=here,
        tabs=[
            (HOME, "Chờ tiếp nhận", counts.waiting),
            (f"{HOME}?hang={PASSING}", "Chờ chuyển", passing),
            (f"{HOME}?hang={READY}", "Chờ trả kết quả", counts.to_deliver),
        ],
        queue=queue,
        troubles=await troubles(officer),
        first=here if after else "",
        next=f"{here}{'&' if '?' in here else '?'}sau={queue.next}" if queue.next else "",
    )


async def _queue(officer: Actor, which: str, after: str | None) -> view.Queue:
    desks = desks_of(officer)
    several = len(desks) > 1
    if which == PASSING:
        lying = await queries.hand_over_queue(desk_posts_of(officer), after=after)
        return view.passing(lying.lines, lying.next, several=several)
    if which == READY:
        done = await queries.to_deliver(desks, after=after)
        return view.ready(done.lines, done.next, several=several)
    came = await queries.reception_queue(desks, after=after)
    return view.waiting(came.lines, came.next, several=several)


async def _find(officer: Actor, typed: str) -> Response[bytes] | Redirect:
    """The one dossier at once, or a list; nothing of other agencies."""
    code = read(typed)
    agencies = archives_of(officer)
    hits = await queries.find_dossiers(code or typed, agencies)
    present = await present_code(code) if code else None
    if any(line.code == present for line in hits.lines):
        return Redirect(f"{HOME}/ho-so/{present}", status_code=303)
    if hits.lines:
        note(officer, "search", officer.id or "", codes=[line.code for line in hits.lines])
    return page(
        "desk/found.html",
        tim=typed,
        queue=view.found(hits.lines, several=len(agencies) > 1),
        more=hits.more,
    )
