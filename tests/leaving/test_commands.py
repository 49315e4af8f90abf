"""What an operator types when a tenant leaves, arrives and is erased."""

from pathlib import Path

from tenants import registry
from tenants.shapes import Tenant
from tests.cli.running import run
from tests.leaving.conftest import dropped

HANDED = ("--handed-to", "Sở Khoa học và Công nghệ", "--on", "2026-11-20", "--paper", "BB 12")


async def told(*words: object) -> str:
    """What a command prints that does what it is asked."""
    status, printed = await run("tenant", *map(str, words))
    assert status == 0, printed
    return printed


async def refused(*words: object) -> str:
    """The one sentence of a command that does not."""
    status, printed = await run("tenant", *map(str, words))
    assert status == 1 and "Traceback" not in printed and printed.count("\n") == 1, printed
    return printed


async def test_a_tenant_leaves_arrives_and_is_erased_by_commands(
    tenant: Tenant, tmp_path: Path
) -> None:
    here, bag, last = tenant.slug, tmp_path / "bag", tmp_path / "last"
    try:
        printed = await told("export", here, "--to", bag, "--share", "100")
        assert "is whole; its digest is" in printed
        assert "finished bag" in await refused("export", here, "--to", bag)
        assert "is whole" in await told("check-bag", bag)
        assert "still closed" in await told("import", "noi-den", "--from", bag)
        assert "has arrived" in await refused("import", "noi-den", "--from", bag)
        assert "is taken" in await refused("import", here, "--from", bag)
        assert "is open at" in await told("open", "noi-den")
        erase = ("erase", "noi-den", "--bag", last, "--confirm", "noi-den")
        assert "no finished bag" in await refused(*erase, *HANDED)
        early = ("erase", "noi-den", "--bag", bag, "--confirm", "noi-den")
        assert "motcua tenant close" in await refused(*early, *HANDED)
        await told("suspend", "noi-den", "Hết hạn thuê")
        assert "is closed" in await told("close", "noi-den")
        await told("export", "noi-den", "--to", last, "--share", "100")
        assert "written down" in await refused(*erase)
        assert "does not match" in await refused(*erase[:-1], "noi-di", *HANDED[:-1], "BB 21")
        assert "certificate XDL-" in await told(*erase, *HANDED)
        await told("certificate", "noi-den", "--to", tmp_path / "proof")
        assert len(list((tmp_path / "proof").iterdir())) == 3
        await registry.reload()
        assert await registry.by_slug("noi-den") is None
        assert "was not erased" in await refused("certificate", here, "--to", tmp_path)
    finally:
        await dropped(["noi-den"])
