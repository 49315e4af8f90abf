"""Two people, one dossier: telling the second what the first did."""

from contextlib import suppress

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act, Status, transition
from app.people.shapes import Actor
from app.refusals import Overtaken
from infra.clock import VIETNAM
from tenants import db

# Served by trail_by_subject.
_LAST_ACT = """
select actor_id, actor_name, act, at from trail
where subject_kind = 'dossier' and subject_id = $1 and act like 'dossier.%'
order by at desc, id desc limit 1
"""


async def overtaken(dossier: Dossier, actor: Actor) -> Overtaken:
    """The refusal that says who did what when (hồ sơ vừa được người khác cập nhật); a second
    click of one's own is told as such."""
    row = await db.tenant.fetch_row(_LAST_ACT, str(dossier.id))
    title = _title_of(row["act"]) if row else None
    if row is None or title is None:
        return Overtaken()
    at = row["at"].astimezone(VIETNAM)
    status = Status(dossier.status).title
    own = actor.id is not None and row["actor_id"] == str(actor.id)
    who = "chính ông/bà" if own else f"ông/bà {row['actor_name']}"
    return Overtaken(
        f"Hồ sơ vừa được cập nhật: {who} đã thực hiện “{title}” lúc "
        f"{at:%H:%M} ngày {at:%d/%m/%Y}; trạng thái hiện nay là “{status}”. "
        "Vui lòng tải lại trang để xem nội dung mới."
    )


def _title_of(act: str) -> str | None:
    with suppress(ValueError):
        return transition(Act(act.removeprefix("dossier."))).title
    return None
