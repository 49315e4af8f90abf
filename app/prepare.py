"""Brings an embedded installation's databases up to date: `python -m app.prepare PLAN`.

Every step may be repeated: the second start runs it again and finds nothing to do.
"""

import asyncio
import sys
from pathlib import Path

import msgspec

from app import lifecycle
from app.accounts import Trust
from app.chains import control_chain, tenant_chain
from app.people.identities import admit_operator
from app.provinces import loader
from infra.embedded.process import Trouble, last_words, run
from infra.embedded.server import ROOT, python_environment
from tenants import control, db, provision, upgrade
from tenants.provision import ProvisionError


def prepare(
    environment: dict[str, str], trusts: list[Trust], directory: Path, root: Path = ROOT
) -> None:
    """Migrate, provision the provinces, make them trust their issuers; Trouble when it fails.

    Runs in a process of its own, so that the caller keeps no connection and no memory of it;
    `root` is the directory of the release that does it.
    """
    directory.mkdir(mode=0o700, exist_ok=True)
    plan, log = directory / "plan.json", directory / "prepare.log"
    plan.touch(mode=0o600)
    plan.write_bytes(msgspec.json.encode(trusts))
    try:
        done = run(
            [sys.executable, "-m", "app.prepare", plan],
            env={**python_environment(), "PYTHONPATH": str(root), **environment},
            cwd=root,
        )
    finally:
        plan.unlink()
    log.write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        raise Trouble(f"the databases could not be prepared: {last_words(log)}")


async def _prepare(trusts: list[Trust]) -> None:
    # Nothing else runs: the data directory is ours alone.
    await control.prepare(control_chain(), alone=True)
    slugs = [slug for slug in loader.slugs() if not await provision.part_of(slug)]
    for slug in slugs:
        await lifecycle.create_province(loader.load(slug))
    for outcome in await upgrade.upgrade(tenant_chain(), at_once=2, alone=True):
        if outcome.error:
            raise ProvisionError(f"{outcome.slug} was not migrated: {outcome.error}")
    for slug in slugs:
        await lifecycle.introduce(slug, [other for other in slugs if other != slug])
    for trust in trusts:
        await lifecycle.trust(*trust)
    for operator in loader.people().operators:
        await admit_operator(operator.username, operator.name)


async def _run(trusts: list[Trust]) -> None:
    try:
        await _prepare(trusts)
    finally:
        await db.close()


def main() -> None:
    """Read the plan and carry it out."""
    trusts = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=list[Trust])
    try:
        asyncio.run(_run(trusts))
    except ProvisionError as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main()
