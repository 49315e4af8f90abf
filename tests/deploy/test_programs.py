"""Who watches is told which programs are at work."""

import asyncpg
import structlog
from prometheus_client import REGISTRY

from app.doors import program_figures
from infra import log
from infra.clock import now
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


async def test_an_error_in_any_program_is_a_figure_within_seconds(house: Servers) -> None:
    log.configure()
    log.taken_errors()
    before, labels = now(), {"kind": "keeper", "event": "thu_loi"}
    for times in (2, 3):
        async with running("keeper", Release("thu", 1, 1)):
            for _ in range(times):
                structlog.get_logger().error("thu_loi")
            structlog.get_logger().warning("thu_canh_bao")
    await program_figures.refresh()
    assert REGISTRY.get_sample_value("motcua_error_lines", labels) == 5
    last = REGISTRY.get_sample_value("motcua_last_error_seconds", labels)
    assert last is not None and last >= before.timestamp()
    warned = {"kind": "keeper", "event": "thu_canh_bao"}
    assert REGISTRY.get_sample_value("motcua_error_lines", warned) is None


async def test_errors_are_told_once_the_database_is_back(house: Servers) -> None:
    log.configure()
    log.taken_errors()
    labels = {"kind": "worker", "event": "thu_mat_dien"}
    owner = await asyncpg.connect(house.postgres.dsn, database="motcua_control")
    await owner.execute("alter table error_line rename to error_line_away")
    async with running("worker", Release("thu", 1, 1)):
        structlog.get_logger().error("thu_mat_dien")
    await owner.execute("alter table error_line_away rename to error_line")
    await owner.close()
    async with running("worker", Release("thu", 1, 1)):
        pass
    await program_figures.refresh()
    assert REGISTRY.get_sample_value("motcua_error_lines", labels) == 1
