"""Who watches is told which programs are at work."""

from prometheus_client import REGISTRY

from app.doors import program_figures
from tenants.running import Release, running
from tests.conftest import Servers


def _count(kind: str) -> float | None:
    return REGISTRY.get_sample_value("motcua_programs", {"kind": kind})


async def test_a_kind_of_program_that_is_gone_is_missed(house: Servers) -> None:
    release = Release("thu", 1, 1)
    async with running("worker", release), running("worker", release):
        await program_figures.refresh()
        assert (_count("worker"), _count("keeper")) == (2, 0)
    await program_figures.refresh()
    assert _count("worker") == 0
