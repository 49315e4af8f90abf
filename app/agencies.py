"""A tenant's agencies from the command line: reorganising them, and how they make codes."""

from app import lifecycle
from app.onestop.codes import service as codes
from app.onestop.reorganisation import service
from app.onestop.reorganisation.queries import Preview, reorganisations
from app.onestop.reorganisation.queries import preview as preview_of
from app.people.refusals import NoSuchAgency
from app.people.shapes import SYSTEM
from app.refusals import Malformed
from tenants.current import acting_for
from tenants.db import tenant
from tenants.provision import ProvisionError
from tenants.work import work

_MOST_CODES = 50


async def preview(slug: str, description: str) -> str:
    """What the plan would do to the tenant, as lines to read; nothing is changed."""
    plan = service.readable(description)
    with acting_for(await lifecycle.named(slug)):
        async with work():
            return "\n".join(_lines(await preview_of(plan, await service.faults_of(plan))))


async def carry_out(slug: str, description: str, *, batch: int) -> str:
    """Enter the plan and do all of it that is due; run it again to go on where it was stopped."""
    with acting_for(await lifecycle.named(slug)):
        async with work():
            planned = await service.plan(SYSTEM, description)
        more = True
        while more:
            async with work():
                more = await service.advance(planned, limit=max(1, batch))
        [row] = await reorganisations(planned)
    if row.state == "planned":
        return f"{row.number} is entered; the worker carries it out on {row.on_day}"
    if row.state == "refused":
        return "\n".join([f"{row.number} could not begin:", *row.faults])
    moved = ", ".join(f"{number} {name}" for name, number in row.figures.items()) or "nothing"
    return f"{row.number} is {row.state}; moved: {moved}"


async def choose_code_form(slug: str, agency: str, description: str | None) -> None:
    """Let the agency of that key make its codes as described; None: as the one above it."""
    with acting_for(await lifecycle.named(slug)):
        async with work():
            found = await tenant.fetch_value("select id from agency where key = $1", agency)
            if found is None:
                raise NoSuchAgency
            try:
                await codes.choose_form(SYSTEM, found, description)
            except Malformed as refusal:
                raise ProvisionError(" ".join(refusal.fields.values())) from refusal


def _lines(shown: Preview) -> list[str]:
    lines = [f"{shown.number}: {shown.title}", f"from {shown.on}"]
    lines += [f"fault: {fault}" for fault in shown.faults]
    lines += [f"new: {name}" for name in shown.new_agencies]
    lines += [f"renamed: {before} -> {name}" for before, name in shown.renamed]
    for line in shown.lines:
        targets = ", ".join(f"{name} {number}" for name, number in line.targets) or "-"
        lines.append(
            f"{line.kind}: {line.name}: {line.dossiers} open dossiers ({targets}), "
            f"{line.tasks} tasks, {line.drafts} drafts, {line.kept} finished stay, "
            f"{line.posts} posts and {line.holders} officers end, {line.undecided} undecided"
        )
    lines += [f"undecided: {one.code} ({one.agency})" for one in shown.undecided[:_MOST_CODES]]
    return lines
