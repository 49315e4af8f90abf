"""A province's own wordings (mẫu tin): written, shown to operators, taken into use, retired."""

from datetime import date

from app.onestop.notices import clearance, limit_book, templates, wording
from app.onestop.notices.refusals import LineFaulty, WordingFaulty, WordingSettled
from app.onestop.notices.wording import OWN, Verdict
from app.people.shapes import Actor
from app.refusals import Malformed, NotFound
from app.trail.service import record
from infra.clock import now, today
from infra.ids import uuid7
from tenants import db

_WRITE = """
insert into notice_template (key, version, text, marked, written_at, written_by)
select $1, coalesce(max(version) + 1, $2), $3, $4, $5, $6 from notice_template where key = $1
returning version
"""
_LOCK = "select 1 from notice_template where key = $1 and version = $2 for update"
_IN_USE = """
update notice_template set in_use_at = $3
where key = $1 and version = $2 and in_use_at is null and retired_at is null returning 1
"""
_RETIRE = """
update notice_template set retired_at = $3
where key = $1 and version = $2 and retired_at is null returning 1
"""
_LINE = """
insert into notice_brand (brand, provider, needs_approval, set_at) values ($1, $2, $3, $4)
on conflict (brand, provider) do update
set needs_approval = excluded.needs_approval, set_at = excluded.set_at
"""
_SAID = """
select state from notice_approval
where brand = $1 and provider = $2 and key = $3 and version = $4 order by at desc, id desc limit 1
"""
_JUDGE = """
insert into notice_approval (id, key, version, brand, provider, state, on_day, reason, at,
                             by_officer)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_LINE_KNOWN = "select 1 from notice_brand where brand = $1 and provider = $2 for update"


async def write(officer: Actor, key: str, text: str, *, marked: bool = False) -> int:
    """Keep a new wording as a draft; its version. Raises NotFound, WordingFaulty."""
    text = " ".join(text.split())
    most = (await limit_book.current()).parts_a_message
    faults = wording.faults_of(text, places_of(key), marked=marked, most_parts=most)
    if faults:
        raise WordingFaulty(faults)
    written = await db.tenant.fetch_value(_WRITE, key, OWN, text, marked, now(), officer.id)
    await _record(officer, "notice.write_wording", key, written)
    return int(written)


async def put_in_use(officer: Actor, key: str, version: int) -> None:
    """Send this wording over every line that needs no approval. Raises NotFound, WordingSettled."""
    await _change(officer, _IN_USE, "notice.use_wording", key, version)


async def retire(officer: Actor, key: str, version: int) -> None:
    """Send this wording no more; the one before it is sent. Raises NotFound, WordingSettled."""
    await _change(officer, _RETIRE, "notice.retire_wording", key, version)


async def set_line(officer: Actor, brand: str, provider: str, *, needs_approval: bool) -> None:
    """Enter a brandname over a provider, or change whether its operator sees wordings first.

    Raises LineFaulty.
    """
    brand, provider = brand.strip(), provider.strip()
    if not wording.is_brand(brand):
        raise LineFaulty("brand")
    if not wording.is_provider(provider):
        raise LineFaulty("provider")
    await db.tenant.execute(_LINE, brand, provider, needs_approval, now())
    detail = {"needs_approval": needs_approval}
    await record(officer, "notice.set_line", ("line", f"{brand}/{provider}"), detail=detail)


async def judge(
    officer: Actor,
    what: tuple[str, int],
    line: tuple[str, str],
    verdict: Verdict,
    on_day: date,
    reason: str = "",
) -> None:
    """Enter what was sent to an operator, or what it answered, on the day its paper names.

    An approval takes the wording into use, and messages held for it go on. Raises NotFound,
    Malformed, WordingSettled.
    """
    key, version = what
    brand, provider = line
    await _known(key, version)
    if await db.tenant.fetch_value(_LINE_KNOWN, brand, provider) is None:
        raise NotFound
    _check_paper(verdict, on_day, reason)
    before = await db.tenant.fetch_value(_SAID, brand, provider, key, version)
    if not wording.may_follow(Verdict(before or Verdict.DRAFT), verdict):
        raise WordingSettled
    why = reason.strip() if verdict is Verdict.REFUSED else None
    said = (verdict.value, on_day, why, now(), officer.id)
    await db.tenant.execute(_JUDGE, uuid7(), key, version, brand, provider, *said)
    if verdict is Verdict.APPROVED:
        await db.tenant.fetch_value(_IN_USE, key, version, now())
        await clearance.wording_changed(key)
    detail = {"line": f"{brand}/{provider}", "verdict": verdict, "on_day": on_day, "reason": why}
    await _record(officer, "notice.judge_wording", key, version, detail)


def places_of(key: str) -> frozenset[str]:
    """The places a wording of this message may have; raises NotFound."""
    try:
        return wording.places_for([one.text for one in templates.shipped_of(key)])
    except KeyError:
        raise NotFound from None


def _check_paper(verdict: Verdict, on_day: date, reason: str) -> None:
    if on_day > today():
        raise Malformed(fields={"on_day": "Ghi ngày không sau hôm nay."})
    if verdict is Verdict.REFUSED and not 3 <= len(reason.strip()) <= 500:
        raise Malformed(fields={"reason": "Ghi lý do nhà mạng từ chối, từ 3 đến 500 ký tự."})


async def _known(key: str, version: int) -> None:
    shipped = [one.version for one in templates.shipped_of(key)] if places_of(key) else []
    if version not in shipped and await db.tenant.fetch_value(_LOCK, key, version) is None:
        raise NotFound


async def _change(officer: Actor, sql: str, act: str, key: str, version: int) -> None:
    if await db.tenant.fetch_value(_LOCK, key, version) is None:
        raise NotFound
    if await db.tenant.fetch_value(sql, key, version, now()) is None:
        raise WordingSettled
    await _record(officer, act, key, version)


async def _record(
    officer: Actor, act: str, key: str, version: int, detail: dict[str, object] | None = None
) -> None:
    await record(officer, act, ("notice_template", f"{key}/{version}"), detail=detail)
