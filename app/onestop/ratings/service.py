"""Rating the service (đánh giá)."""

from uuid import UUID

from app.onestop.forms import cleaning
from app.onestop.ratings.refusals import AlreadyRated
from app.onestop.ratings.rules import Score, dossier_of, token_for
from app.people.shapes import Actor
from app.refusals import Malformed, NotFound
from app.trail.service import record
from infra.clock import now
from infra.settings import settings
from tenants import db
from tenants.current import current

COMMENT_LENGTH = 1000
VISITOR = Actor(kind="visitor", name="Người nộp hồ sơ")

_RATE = """
insert into rating (dossier_id, score, comment, rated_at) values ($1, $2, $3, $4)
on conflict (dossier_id) do nothing returning score
"""
_DELIVERED = "select 1 from dossier where id = $1 and status = 10"


def rating_path(dossier_id: UUID) -> str:
    """The path of the page where the dossier is rated, to be put after the tenant's host."""
    return f"/danh-gia/{token_for(current().secrets.key, dossier_id)}"


def rating_address(dossier_id: UUID) -> str:
    """Where a message sends the citizen to rate, without the scheme: it must be short."""
    origin = settings().origin(current().host)
    return origin.partition("://")[2] + rating_path(dossier_id)


async def rate(token: str, score: int, comment: str | None = None, *, by: Actor = VISITOR) -> None:
    """Keep one rating of a delivered dossier; `score` is 1 to 3.

    Raises NotFound for a token that is not ours, Malformed, AlreadyRated.
    """
    dossier_id = dossier_of(current().keys, token)
    if dossier_id is None or await db.tenant.fetch_value(_DELIVERED, dossier_id) is None:
        raise NotFound
    said = cleaning.many_lines(comment or "")
    _must_be_sound(score, said)
    kept = await db.tenant.fetch_value(_RATE, dossier_id, score, said or None, now())
    if kept is None:
        raise AlreadyRated
    await record(by, "dossier.rate", ("dossier", dossier_id), detail={"score": score})


def _must_be_sound(score: int, comment: str) -> None:
    if score not in set(Score):
        raise Malformed(fields={"score": "Chọn một trong ba mức hài lòng."})
    if len(comment) > COMMENT_LENGTH:
        raise Malformed(fields={"comment": f"Rút gọn góp ý còn tối đa {COMMENT_LENGTH} ký tự."})
