"""The plan of a merger: both databases looked through, nothing changed."""

import asyncpg
import msgspec

from app.merging import finding
from app.merging.kinds import CHAIN, COUNTER, STAYS
from app.merging.shapes import Decision, Meeting, Plan
from app.merging.sides import Sides, sides
from infra.clock import now, today
from tenants.shapes import Tenant

_WAITING = "select count(*) from notice where state = 'pending'"
_UPLOADS = "select count(*) from upload where state in ('open', 'checking')"
_TWO_CODES = "select count(*) from agency where valid_to is null and code_prefix = any($1)"
_PREFIXES = "select distinct code_prefix from agency where valid_to is null"
_ADMINISTRATORS = """
select distinct o.username from officer o join post_holding h on h.officer_id = o.id
join post p on p.id = h.post_id and p.kind = 'administrator'
where o.dismissed_at is null and (h.to_on is null or h.to_on >= $1) order by 1
"""
_BETWEEN = """
select count(*) from linked_work w join partner p on p.id = w.partner_id
where w.left_at is null and p.slug = $1
"""


async def plan(joining: Tenant, into: Tenant) -> Plan:
    """What would meet if `joining` became part of `into`, with a proposal for each."""
    async with sides(into, joining) as both:
        await both.ours.execute("begin isolation level repeatable read")
        await both.theirs.execute("begin isolation level repeatable read")
        found = await finding.find(both, joining.slug, today(), _tentative)
        rows = await _counts(both.theirs, [table.name for table in both.going])
        return Plan(
            joined=joining.slug,
            into=into.slug,
            joined_id=joining.id,
            into_id=into.id,
            schema_version=into.schema_version,
            made_at=now(),
            rows=rows | await _counts(both.theirs, [*CHAIN, COUNTER]),
            stays=await _counts(both.theirs, list(STAYS)),
            settled=_settled(found),
            meetings=[each for each in found.meetings if each.decision is None],
            messages=await both.theirs.fetchval(_WAITING),
            warnings=[*await _warnings(both, joining, into), *_dismissed(found, joining, into)],
        )


def proposed(plan: Plan, table: str = "", theirs: str = "", decision: str = "") -> Plan:
    """The plan with what was proposed (or `decision`) decided for the rows meant; "" means all."""

    def decide(meeting: Meeting) -> Meeting:
        meant = table in ("", meeting.table) and theirs in ("", meeting.theirs)
        if not meant or (meeting.decision and not decision):
            return meeting
        chosen = Decision(decision) if decision else meeting.proposed
        return msgspec.structs.replace(meeting, decision=chosen)

    return msgspec.structs.replace(plan, meetings=[decide(each) for each in plan.meetings])


def _tentative(meeting: Meeting) -> Meeting:
    return msgspec.structs.replace(meeting, decision=meeting.decision or meeting.proposed)


def _settled(found: finding.Found) -> dict[str, int]:
    counts = dict(found.settled)
    for meeting in found.meetings:
        if meeting.decision is not None:
            counts[meeting.table] = counts.get(meeting.table, 0) + 1
    return dict(sorted(counts.items()))


async def _counts(connection: asyncpg.Connection, tables: list[str]) -> dict[str, int]:
    found = {
        name: await connection.fetchval(f'select count(*) from "{name}"')  # noqa: S608
        for name in sorted(tables)
    }
    return {name: count for name, count in found.items() if count}


async def _warnings(both: Sides, joining: Tenant, into: Tenant) -> list[str]:
    said = []
    prefixes = [row["code_prefix"] for row in await both.theirs.fetch(_PREFIXES)]
    if count := await both.ours.fetchval(_TWO_CODES, prefixes):
        said.append(f"{count} agencies make codes with a prefix that {joining.slug} uses as well")
    if count := await both.theirs.fetchval(_UPLOADS):
        said.append(f"{count} uploads are under way and have to be begun again")
    if names := [row["username"] for row in await both.theirs.fetch(_ADMINISTRATORS, today())]:
        said.append(
            f"administrators of {joining.slug} will administer all of {into.slug}:"
            f" {', '.join(names)}; who shall not gives up the post before"
        )
    for connection, other in ((both.ours, joining), (both.theirs, into)):
        if count := await connection.fetchval(_BETWEEN, other.slug):
            said.append(f"{count} pieces of work are still open between the two: settle them first")
    return said


def _dismissed(found: finding.Found, joining: Tenant, into: Tenant) -> list[str]:
    """Who is at work there and was dismissed here is one person, and stays dismissed."""
    names = [
        str(meeting.key.get("username") or meeting.theirs)
        for meeting in found.meetings
        if meeting.table == "officer" and meeting.decision is Decision.SAME
        and (gone := meeting.differs.get("dismissed_at")) and gone[0] and not gone[1]
    ]  # fmt: skip
    told = f"at work in {joining.slug}, dismissed in {into.slug} and so from then on: "
    return [told + ", ".join(names)] if names else []
