"""`motcua upgrade`: to a new release without a pause, phase after phase, tenant by tenant."""

import argparse

from app import release
from app.chains import control_chain, tenant_chain
from app.cli.parts import Verbs, add_verb, note
from infra.migrate import MigrationFailed
from infra.phases import Phase
from tenants import control, registry, running, upgrade
from tenants.advancing import ALL
from tenants.provision import ProvisionError
from tenants.upgrade import Outcome


async def run(
    phases: tuple[Phase, ...], slugs: list[str] | None, *, at_once: int, everywhere: bool
) -> None:
    """Take the databases through the phases and tell each one's end; ProvisionError when some
    are set aside or wait. `everywhere` includes the control database, which goes first."""
    behind = [await _control(phases)] if everywhere else []
    behind += await upgrade.upgrade(
        tenant_chain(), slugs, phases=phases, at_once=at_once, say=_tell
    )
    failed = [outcome.slug for outcome in behind if outcome.error]
    waiting = [outcome.slug for outcome in behind if outcome.waits]
    words = [phase.value for phase in phases]
    await note("upgrade", None, phases=words, tenants=slugs, set_aside=failed, waiting=waiting)
    if failed:
        raise ProvisionError(f"set aside: {', '.join(failed)}; run again when mended")
    if waiting:
        raise ProvisionError(f"not through yet: {', '.join(waiting)}; run again")


async def _control(phases: tuple[Phase, ...]) -> Outcome:
    try:
        version, waits = await control.prepare(control_chain(), phases)
        outcome = Outcome("control", version, None, waits)
    except MigrationFailed as failure:
        outcome = Outcome("control", 0, str(failure))
    _tell(outcome)
    return outcome


def _tell(outcome: Outcome) -> None:
    said = f"set aside: {outcome.error}" if outcome.error else outcome.waits
    print(f"{outcome.slug:20} version {outcome.version} {said}".rstrip(), flush=True)


async def _upgrade(asked: argparse.Namespace) -> None:
    """To a new release, without a pause."""
    if asked.status:
        return await _status()
    phases = (Phase(asked.phase),) if asked.phase else ALL
    await run(phases, asked.tenant, at_once=asked.parallel, everywhere=asked.tenant is None)


async def _status() -> None:
    """What runs, and how far each tenant is."""
    newest = release.own()
    print(f"this release: {newest.name}, version {newest.schema}")
    for program in await running.at_work():
        seen = f"{program.seen_at:%H:%M:%S} UTC"
        print(f"at work: {program}, version {program.schema}, last heard of at {seen}")
    await registry.reload()
    for tenant in await registry.every():
        fits = "" if release.serves(tenant) else " (not with this release)"
        print(f"{tenant.slug:20} version {tenant.schema_version}{fits}")


def add_verbs(rooms: Verbs) -> None:
    """Add `upgrade` to the command line."""
    verb = add_verb(rooms, "upgrade", _upgrade)
    verb.add_argument("--phase", choices=[phase.value for phase in Phase], help="all when left out")
    verb.add_argument("--tenant", action="append", help="only this one; may be repeated")
    verb.add_argument("--parallel", type=int, default=4, help="tenants at once")
    verb.add_argument("--status", action="store_true", help="only say what runs, and how far it is")
