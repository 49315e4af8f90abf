"""The reform of 1 July 2025 in Bình Định: 11 districts and 155 communes become 58 communes."""

import asyncio
import os
import signal
import sys
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from app.onestop.codes.aliases import present_code
from app.onestop.codes.rules import read
from app.onestop.codes.service import take_for
from app.onestop.dossiers.queries import tracking
from app.onestop.dossiers.service import intake
from app.onestop.reorganisation import service
from app.onestop.reorganisation.queries import preview, reorganisations
from app.onestop.reorganisation.reading import read_plan
from app.onestop.reorganisation.refusals import PlanFaulty
from app.onestop.reorganisation.shapes import Plan, Split
from app.onestop.reorganisation.succession import counts_by_unit, predecessors_on, successors_on
from app.onestop.slips.queries import slip_view
from app.people.shapes import SYSTEM
from app.provinces.history import agencies_before, plan_file
from infra.clock import frozen
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.house.test_layers import HOUSE
from tests.onestop.dossiers.story import on_paper
from tests.onestop.reorganisation.conftest import JULY
from tests.onestop.reorganisation.filling import (
    ENDED,
    OPEN,
    Lying,
    agency_ids,
    lay,
    successors,
    whereabouts,
)

PLAN_FILE = plan_file("binh_dinh", "2025_07_01")
LAST_DAY, FIRST_DAY = date(2025, 6, 30), date(2025, 7, 1)


class Story:
    """What was laid down before the reform, where it must be after it, and the plan."""

    def __init__(self, laid: list[Lying], expected: dict[str, str], plan: Plan) -> None:
        self.laid, self.expected, self.plan = laid, expected, plan

    @property
    def text(self) -> bytes:
        return msgspec.json.encode(self.plan)

    @property
    def open(self) -> list[Lying]:
        return [one for one in self.laid if one.status in OPEN]


def _low(name: str) -> str:
    return name[0].lower() + name[1:]


async def _story() -> Story:
    """Two open and one finished dossier in each commune, and in each district one of each of its
    communes' people; what the plan leaves open is decided for each dossier."""
    later, before = successors(), agencies_before("binh_dinh")
    names = {one.key: one.name.removeprefix("Ủy ban nhân dân ") for one in before}
    communes = [one for one in before if one.kind == "commune"]
    into = {one.key: later[_title(names[one.key]), _title(names[one.parent])] for one in communes}
    people = {
        one.key: [c for c in communes if c.parent == one.key]
        for one in before
        if one.kind == "district"
    }
    statuses = {
        one.key: (OPEN[n % 6], OPEN[(n + 1) % 6], ENDED[n % 4]) for n, one in enumerate(communes)
    }
    statuses |= {
        key: tuple(OPEN[n % 6] for n, _ in enumerate(some)) for key, some in people.items()
    }
    addresses = {
        key: [f"12 đường Thử, {names[c.key]}, {names[key]}" for c in some]
        for key, some in people.items()
    }
    async with work():
        laid = await lay(statuses, addresses)
    expected, decisions, seen = {}, {}, Counter[str]()
    for one in laid:
        commune = people[one.agency][seen[one.agency]].key if one.agency in people else one.agency
        seen[one.agency] += 1
        targets = into[commune]
        expected[one.code] = targets[seen[one.agency] % len(targets)]
        if len(targets) > 1:
            decisions[one.code] = expected[one.code]
        if one.status in ENDED:
            expected[one.code] = one.agency
    return Story(laid, expected, _decided(read_plan(PLAN_FILE.read_bytes()), decisions, laid))


def _title(name: str) -> str:
    return name[0].upper() + name[1:]


def _decided(plan: Plan, decisions: dict[str, str], laid: list[Lying]) -> Plan:
    lies = {one.code: one.agency for one in laid}
    return msgspec.structs.replace(plan, changes=[
        msgspec.structs.replace(change, dossiers={
            code: key for code, key in decisions.items() if lies[code] == change.agency
        }) if isinstance(change, Split) else change
        for change in plan.changes
    ])  # fmt: skip


async def _carry_out(story: Story, limit: int = 60) -> None:
    async with work():
        planned = await service.plan(SYSTEM, story.text)
    with frozen(JULY):
        more = True
        while more:
            async with work():
                more = await service.advance(planned, limit=limit)


async def _everything() -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables that a reorganisation may touch."""
    tables = ("dossier", "task", "draft", "agency", "post", "post_holding", "agency_succession",
              "dossier_move", "progress", "trail", "code_alias", "reorganisation")  # fmt: skip
    return {
        table: [tuple(row) for row in await db.tenant.fetch(f"select * from {table} order by 1, 2")]
        for table in tables
    }


async def _check(story: Story) -> None:
    """Every open dossier is with exactly the right successor, none lost or doubled."""
    found = await whereabouts()
    assert {code: where[0] for code, where in found.items()} == story.expected
    for one in story.laid:
        agency, at, post = found[one.code]
        assert (at, post or "") == ((agency if one.post else None), one.post), one
    moved = await db.tenant.fetch("select dossier_id, from_id, to_id from dossier_move")
    assert sorted(row["dossier_id"] for row in moved) == sorted(one.id for one in story.open)
    assert all(row["from_id"] != row["to_id"] for row in moved)
    [done] = await reorganisations()
    assert (done.state, done.figures["dossiers"]) == ("done", len(story.open))


async def test_after_the_day_every_dossier_code_and_figure_is_where_it_belongs(
    before: Tenant,
) -> None:
    story = await _story()
    assert len({one.agency for one in story.laid}) == 166
    counted = Counter(one.agency for one in story.laid)
    await _carry_out(story)
    await _check(story)
    await _agencies_ended_and_began()
    await _citizens_see_who_goes_on(story)
    await _counts_agree(story, counted)
    await _units_lead_to_one_another()
    await _a_second_run_changes_nothing(story)
    with frozen(JULY):
        agency = (await agency_ids())["ubnd-phuong-quy-nhon-bac"]
        assert await take_for(agency) == "H08.21553-250701-0001"


async def _agencies_ended_and_began() -> None:
    ended = await db.tenant.fetch("select valid_to from agency where key like '%truoc-2025-07'")
    assert [row["valid_to"] for row in ended] == [LAST_DAY] * 166
    begun = await db.tenant.fetch("select key from agency where valid_from = $1", FIRST_DAY)
    assert len([row for row in begun if row["key"].startswith("ubnd-")]) >= 58


async def _citizens_see_who_goes_on(story: Story) -> None:
    names = await db.tenant.fetch("select key, name from agency")
    called = {row["key"]: row["name"] for row in names}
    for one in story.laid:
        assert await present_code(one.code) == one.code
        found = await tracking(one.code, "0301")
        assert found is not None and found.details is not None
        assert found.details.agency_name == called[story.expected[one.code]]
        if one.status in OPEN:
            assert found.details.steps[-1].agency_name == found.details.agency_name


async def _counts_agree(story: Story, counted: Counter[str]) -> None:
    old = {line.key: line for line in await counts_by_unit(LAST_DAY)}
    new = {line.key: line for line in await counts_by_unit(FIRST_DAY)}
    assert {key: line.total for key, line in old.items()} == counted
    assert not [key for key in new if key.endswith("truoc-2025-07")]
    for field in ("total", "open", "finished"):
        sums = [sum(getattr(line, field) for line in lines.values()) for lines in (old, new)]
        assert sums[0] == sums[1], field
    open_now = Counter(key for code, key in story.expected.items()
                       if code in {one.code for one in story.open})  # fmt: skip
    assert {key: line.open for key, line in new.items() if line.open} == open_now


async def _units_lead_to_one_another() -> None:
    ids = await agency_ids()
    keys = {identity: key for key, identity in ids.items()}
    for (name, district), targets in successors().items():
        source = next(
            one.key for one in agencies_before("binh_dinh")
            if one.name == f"Ủy ban nhân dân {_low(name)}"
            and ids[one.parent or ""] == ids[_key_of(district)]
        )  # fmt: skip
        assert {keys[one] for one in await successors_on(ids[source], FIRST_DAY)} == set(targets)
        assert await successors_on(ids[source], LAST_DAY) == [ids[source]]
        for target in targets:
            assert ids[source] in await predecessors_on(ids[target], LAST_DAY)
            assert await predecessors_on(ids[target], FIRST_DAY) == [ids[target]]


def _key_of(district: str) -> str:
    name = f"Ủy ban nhân dân {_low(district)}"
    return next(one.key for one in agencies_before("binh_dinh") if one.name == name)


async def _a_second_run_changes_nothing(story: Story) -> None:
    once = await _everything()
    await _carry_out(story)
    with frozen(datetime(2025, 8, 1, tzinfo=UTC)):
        async with work():
            assert not await service.advance()
    assert await _everything() == once


async def test_what_nobody_decided_keeps_the_plan_from_being_carried_out(before: Tenant) -> None:
    story = await _story()
    with pytest.raises(PlanFaulty) as refused:
        await service.plan(SYSTEM, PLAN_FILE.read_bytes())
    undecided = {code for change in story.plan.changes if isinstance(change, Split)
                 for code in change.dossiers}  # fmt: skip
    still = {one.code for one in story.open if one.code in undecided}
    assert still and len(refused.value.faults) == len(still)
    assert all(any(code in fault for fault in refused.value.faults) for code in still)


async def test_a_preview_says_what_moves_and_moves_nothing(before: Tenant) -> None:
    story = await _story()
    once = await _everything()
    shown = await preview(story.plan, await service.faults_of(story.plan))
    assert await _everything() == once
    assert (shown.faults, shown.undecided, len(shown.new_agencies)) == ([], [], 58)
    assert len(shown.lines) == 166
    assert sum(line.dossiers for line in shown.lines) == len(story.open)
    assert sum(number for line in shown.lines for _, number in line.targets) == len(story.open)
    assert sum(line.kept for line in shown.lines) == len(story.laid) - len(story.open)


async def test_before_its_day_nothing_is_carried_out(before: Tenant) -> None:
    story = await _story()
    once = await whereabouts()
    async with work():
        planned = await service.plan(SYSTEM, story.text)
    async with work():
        assert not await service.advance(planned)
    assert await whereabouts() == once


async def test_two_workers_at_once_end_the_same(before: Tenant) -> None:
    story = await _story()
    async with work():
        planned = await service.plan(SYSTEM, story.text)

    async def worker() -> None:
        more = True
        while more:
            async with work():
                more = await service.advance(planned, limit=11)

    with frozen(JULY):
        await asyncio.gather(*(worker() for _ in range(3)))
    await _check(story)


async def test_what_an_officer_is_just_doing_is_finished_first(before: Tenant) -> None:
    story = await _story()
    one = next(one for one in story.open if one.status == 9)
    locked = asyncio.Event()

    async def officer() -> None:
        async with work():
            await db.tenant.execute("update dossier set version = 77 where id = $1", one.id)
            locked.set()
            await asyncio.sleep(0.5)

    doing = asyncio.create_task(officer())
    await locked.wait()
    await _carry_out(story)
    await doing
    await _check(story)
    assert await db.tenant.fetch_value("select version from dossier where id = $1", one.id) == 78


async def test_slips_of_before_the_reform_are_printed_after_it(before: Tenant) -> None:
    with frozen(datetime(2026, 6, 16, 2, 30, tzinfo=UTC)):  # The forms in force began later.
        async with work():
            dossier = await intake(await cast.officer(cast.LAN), on_paper())
    assert dossier.code.endswith("-260616-0001") and dossier.code.startswith("000.")
    issued = await db.tenant.fetch("select content::text from slip")
    await _carry_out(Story([], {}, read_plan(PLAN_FILE.read_bytes())))
    assert await whereabouts() == {
        dossier.code: ("ubnd-phuong-quy-nhon", "ubnd-phuong-quy-nhon", "tiep-nhan")
    }
    view = await slip_view(dossier.code)
    assert view is not None and read(view.slip.content.number) == dossier.code
    assert await db.tenant.fetch("select content::text from slip") == issued


async def test_a_run_killed_midway_and_resumed_ends_the_same(
    before: Tenant, tmp_path: Path
) -> None:
    story = await _story()
    file = tmp_path / "plan.json"
    file.write_bytes(story.text)
    words = ("-m", "app.cli", "tenant", "reorganise", before.slug, str(file), "--batch", "3")
    moved = 0
    for _ in range(2):
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, cwd=HOUSE, env=dict(os.environ),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        while (n := await db.tenant.fetch_value("select count(*) from dossier_move")) < moved + 30:
            assert process.returncode is None, await process.communicate()
            await asyncio.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        await process.wait()
        moved = n
    assert 0 < moved < len(story.open)
    await _carry_out(story)
    await _check(story)
