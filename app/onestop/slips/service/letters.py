"""Forms 02 to 05: what the agency writes to the citizen about a dossier.

The verb of the dossier has asked the rules and holds its row locked; here only words are fixed.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from app.onestop.catalog import queries as catalog
from app.onestop.slips import rules
from app.onestop.slips.reasons import Reason, reason_named
from app.onestop.slips.refusals import NothingAsked, ReasonNeeded, UnknownReason
from app.onestop.slips.service.writing import HasId, common, facts_of, write
from app.onestop.slips.shapes import (
    Apology,
    RefusalSlip,
    StopNotice,
    SupplementItem,
    SupplementLine,
    SupplementRequest,
)
from app.people.shapes import Actor
from infra.clock import today


async def issue_supplement_request(
    officer: Actor,
    dossier: HasId,
    *,
    items: Sequence[SupplementItem],
    reply_by: date | None,
    note: str = "",
) -> UUID:
    """Issue form 02 (phiếu yêu cầu bổ sung, hoàn thiện hồ sơ), everything in one go; its id.

    `reply_by` is the last day to answer (a moment counts as its day in Vietnam), None when no law
    sets one. Raises NothingAsked without an item, UnknownReason. Decree 118/2025, Article 17.
    """
    lines = [_supplement_line(item) for item in items]
    if not lines:
        raise NothingAsked
    row = await facts_of(dossier)
    content = SupplementRequest(
        **await common(officer, row),
        items=lines,
        reply_by=rules.day_of(reply_by) if reply_by else None,
        note=rules.plain(note),
    )
    return await write(officer, row, rules.SUPPLEMENT, content)


async def issue_refusal(
    officer: Actor, dossier: HasId, *, reason_code: str, reason: str = ""
) -> UUID:
    """Issue form 03 (phiếu từ chối tiếp nhận giải quyết hồ sơ); its id.

    `reason_code` names the coded reason, `reason` says what it is in this dossier. Raises
    UnknownReason, ReasonNeeded when the coded reason says nothing by itself and `reason` is blank.
    """
    coded, detail = _coded(rules.REFUSAL, reason_code, "reason_code"), rules.plain(reason)
    if coded.code == rules.OTHER and not detail:
        raise ReasonNeeded
    row = await facts_of(dossier)
    content = RefusalSlip(
        **await common(officer, row), reason=coded.words, article=coded.article, detail=detail
    )
    return await write(officer, row, rules.REFUSAL, content)


async def issue_apology(
    officer: Actor, dossier: HasId, *, old_due_at: datetime, new_due_at: datetime, reason: str
) -> UUID:
    """Issue form 04 (văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết); its id.

    Raises ReasonNeeded. Decree 118/2025, Article 19 clause 9: once for a dossier, and at least a
    day before the time is over; the verb of the dossier has seen to both.
    """
    why = _needed(reason)
    row = await facts_of(dossier)
    procedure = await catalog.document(row["procedure_id"])
    content = Apology(
        **await common(officer, row),
        field=procedure.field,
        received_at=row["received_at"],
        old_due_at=old_due_at,
        new_due_at=new_due_at,
        reason=why,
        signer=_signer(officer, row["agency_id"]),
    )
    return await write(officer, row, rules.APOLOGY, content)


async def issue_stop(
    officer: Actor,
    dossier: HasId,
    *,
    reason: str,
    requested_by: str,
    stage: str,
    fees: str = "",
) -> UUID:
    """Issue form 05 (thông báo dừng giải quyết hồ sơ); its id.

    `requested_by` names who asked for it, `stage` how far the dossier was, `fees` what becomes of
    what was paid. Raises ReasonNeeded.
    """
    why = _needed(reason)
    row = await facts_of(dossier)
    content = StopNotice(
        **await common(officer, row),
        received_at=row["received_at"],
        requested_by=rules.plain(requested_by),
        stage=rules.plain(stage),
        reason=why,
        fees=rules.plain(fees),
        signer=_signer(officer, row["agency_id"]),
    )
    return await write(officer, row, rules.STOP, content)


def _supplement_line(item: SupplementItem) -> SupplementLine:
    coded = _coded(rules.SUPPLEMENT, item.reason_code, "items") if item.reason_code else None
    return SupplementLine(
        name=rules.plain(item.name),
        form=rules.FORMS.get(item.form, rules.plain(item.form)),
        reason=coded.words if coded else "",
        article=coded.article if coded else "",
        note=rules.plain(item.note),
    )


def _coded(form: str, code: str, field: str) -> Reason:
    found = reason_named(form, code, today())
    if found is None:
        raise UnknownReason(field)
    return found


def _needed(reason: str) -> str:
    if text := rules.plain(reason):
        return text
    raise ReasonNeeded


def _signer(officer: Actor, agency_id: UUID) -> str:
    """A leader signs with the name; for a draft of anybody else the line stays open."""
    return officer.name if officer.holds("leader", agency_id) else ""
