"""A dossier's former codes: every one keeps leading to it.

Whoever has a code in hand asks here, or says `dossier_named($1)` in the statement: the database's
function is the one way from a code to its dossier.
"""

from uuid import UUID

from asyncpg.exceptions import UniqueViolationError

from app.onestop.codes.refusals import CodeTaken, NotACode
from app.onestop.codes.rules import is_code
from app.people.shapes import Actor
from app.refusals import NotFound
from app.trail.service import record
from infra.clock import now
from tenants import db

# Served by dossier_code_key, code_alias_pkey and dossier_pkey.
_PRESENT = "select code from dossier where id = dossier_named($1)"
_FORMER = "select code from code_alias where dossier_id = $1 order by since, code"
_ADD = "insert into code_alias (code, dossier_id, since, reason) values ($1, $2, $3, $4)"
_RENAME = "update dossier set code = $2, version = version + 1 where id = $1"


async def present_code(code: str) -> str | None:
    """The code today of the dossier that has or had `code`; None when there is none."""
    found: str | None = await db.tenant.fetch_value(_PRESENT, code)
    return found


async def former_codes(dossier_id: UUID) -> list[str]:
    """All other codes that lead to the dossier, the oldest first."""
    return [row["code"] for row in await db.tenant.fetch(_FORMER, dossier_id)]


async def add_alias(actor: Actor, dossier_id: UUID, code: str, reason: str) -> None:
    """Let `code` lead to the dossier as well (mã cũ); doing it again changes nothing.

    Raises NotACode, CodeTaken.
    """
    if await _belongs(dossier_id, code):
        return
    await _write(_ADD, code, dossier_id, now(), reason)
    detail = {"code": code, "reason": reason}
    await record(actor, "dossier.add_alias", ("dossier", dossier_id), detail=detail)


async def give_code(actor: Actor, dossier_id: UUID, code: str, reason: str) -> None:
    """Give the dossier another code (đổi mã hồ sơ); the former one becomes an alias.

    For dossiers that another system numbers anew: Decree 309/2025/NĐ-CP Article 16. Raises
    NotFound, NotACode, CodeTaken.
    """
    before = await db.tenant.fetch_value(
        "select code from dossier where id = $1 for update", dossier_id
    )
    if before is None:
        raise NotFound
    if before == code:
        return
    if await _belongs(dossier_id, code):
        await db.tenant.execute("delete from code_alias where code = $1", code)
    await _write(_RENAME, dossier_id, code)
    await _write(_ADD, before, dossier_id, now(), reason)
    detail = {"code": code, "before": before, "reason": reason}
    await record(actor, "dossier.give_code", ("dossier", dossier_id), detail=detail)


async def _belongs(dossier_id: UUID, code: str) -> bool:
    """Whether the code leads to this dossier already. Raises NotACode, CodeTaken."""
    if not is_code(code):
        raise NotACode
    holder: UUID | None = await db.tenant.fetch_value("select dossier_named($1)", code)
    if holder not in (None, dossier_id):
        raise CodeTaken
    return holder is not None


async def _write(sql: str, *values: object) -> None:
    try:
        await db.tenant.execute(sql, *values)
    except UniqueViolationError as error:  # Somebody took it in this very moment.
        raise CodeTaken from error
