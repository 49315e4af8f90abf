"""Reorganising from the command line."""

import json

from tenants import db
from tests.cli.test_cli import run
from tests.onestop.reorganisation.plans import BAC, QUY_NHON, described, merge, new_agency


async def test_a_plan_is_previewed_then_carried_out(province, tmp_path):
    file = tmp_path / "plan.json"
    plan = described(merge(QUY_NHON, BAC), agencies=[new_agency()], on="2026-11-21")
    plan["decided_on"] = "2026-11-20"
    file.write_text(json.dumps(plan))
    status, printed = await run("tenant", "reorganise", province.slug, str(file), "--preview")
    assert status == 0, printed
    assert "merge: Ủy ban nhân dân phường Quy Nhơn: 0 open dossiers" in printed
    assert await db.tenant.fetch("select id from reorganisation") == []
    for _ in range(2):
        status, printed = await run("tenant", "reorganise", province.slug, str(file))
        assert status == 0 and "is done; moved: nothing" in printed, printed
    assert await db.tenant.fetch_value("select count(*) from agency_succession") == 2


async def test_a_plan_for_a_later_day_waits_for_the_worker(province, tmp_path):
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(described(merge(QUY_NHON, into=BAC), on="2099-01-01")))
    status, printed = await run("tenant", "reorganise", province.slug, str(file))
    assert status == 0 and "the worker carries it out on 2099-01-01" in printed, printed


async def test_a_faulty_plan_is_told_and_nothing_is_done(province, tmp_path):
    file = tmp_path / "plan.json"
    for text, said in (
        ("{", "không đúng cấu trúc"),
        (json.dumps(described(merge("x", into=BAC))), "x: không có cơ quan này"),
    ):
        file.write_text(text)
        status, printed = await run("tenant", "reorganise", province.slug, str(file))
        assert status == 1 and said in printed and "Traceback" not in printed
