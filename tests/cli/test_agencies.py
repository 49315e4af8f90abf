"""Agencies from the command line: reorganising them, and how they make codes."""

import json

from app.onestop.codes.service import generator_of
from tenants import db
from tests.cli.running import run
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


async def test_how_an_agency_makes_codes_is_chosen(province, tmp_path):
    file = tmp_path / "form.json"
    file.write_text('{"date": "YYYYMMDD", "digits": 7, "scope": "year"}')
    commune = await db.tenant.fetch_value("select id from agency where key = $1", QUY_NHON)
    status, printed = await run("tenant", "code-form", province.slug, "ubnd-tinh", str(file))
    assert status == 0, printed
    assert (await generator_of(commune)).form.digits == 7
    status, printed = await run("tenant", "code-form", province.slug, "ubnd-tinh")
    assert status == 0 and (await generator_of(commune)).form.digits == 4
    file.write_text('{"letters": 7}')
    for words in (("ubnd-tinh", str(file)), ("nowhere",)):
        status, printed = await run("tenant", "code-form", province.slug, *words)
        assert status == 1 and "Traceback" not in printed
