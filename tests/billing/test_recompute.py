"""The province computes a statement again out of its export: not one đồng of difference."""

import json
import random
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from billing import collect, exporting, meter, queries, recompute, rules, service, settling
from billing.agreed import Penalty, Rounding, Sla
from billing.exporting import Export, ExportedFact
from billing.months import month_of, period, shifted
from billing.refusals import CreditKnown, CreditRefused, MonthClosed
from billing.shapes import Late, Used
from infra import clock
from tenants.work import work
from tests.billing.contracts import CLAUSE, MONTHS, contract, counted, fixed
from tests.billing.made import START, credit, random_contract

SCRIPT = Path(recompute.__file__)
METERS = ("dossier.received", "notice.part", "storage.byte_day")


def random_export(chance, found, month, quantity=10**5):
    """A month of a contract with facts of its own and of former months, some stated before."""
    facts = []
    for n in range(chance.randint(0, 30)):
        happened = shifted(month, -chance.choice([0, 0, 0, 1, 2, 5]))
        start_at, end_at = period(happened)
        inside = chance.choice([timedelta(0), (end_at - start_at) - timedelta(microseconds=1)])
        stated = month if happened == month else chance.choice([month, happened])
        facts.append(
            ExportedFact(
                source="motcua",
                id=str(n),
                meter=chance.choice(METERS),
                quantity=chance.randrange(quantity),
                subject="s",
                occurred_at=start_at + inside,
                billed_in=stated,
            )
        )
    entered = [credit("P", chance.randint(1, 9)) for _ in range(chance.randint(0, 2))]
    made = rules.statement(found, used_of(facts, month), month, credits=entered)
    return Export(contracts=[found], facts=facts, credits=entered, statement=made)


def used_of(facts, month):
    """The sums the books would give for a month."""
    used = {}
    for name in METERS:
        now = [f for f in facts if f.meter == name and f.billed_in == month]
        late = []
        for happened in sorted({month_of(f.occurred_at) for f in now} - {month}):
            same = [f for f in facts if f.meter == name and month_of(f.occurred_at) == happened]
            stated = sum(f.quantity for f in same if f.billed_in == month)
            before = sum(f.quantity for f in same if f.billed_in < month)
            late.append(Late(month=happened, quantity=stated, facts=1, before=before))
        used[name] = Used(
            quantity=sum(f.quantity for f in now),
            late_quantity=sum(each.quantity for each in late),
            late=late,
        )
    return used


def again(export):
    """What the script says of an export that went through JSON."""
    return recompute.compare(json.loads(exporting.encoded(export)))


def differs(export):
    return sum(abs(stated - made) for _, stated, made in again(export))


@pytest.mark.parametrize("found", service.shipped(), ids=lambda found: found.id)
def test_every_month_of_a_shipped_contract_comes_out_the_same(found):
    chance = random.Random(found.id)
    for n in range(-1, found.term.months + 2):
        export = random_export(chance, found, shifted(found.term.start_on, n))
        assert differs(export) == 0
        assert again(export)[-1][1] == export.statement.total


def test_hundreds_of_random_contracts_come_out_the_same():
    chance = random.Random(73)
    charged = 0
    for _ in range(600):
        found = random_contract(chance)
        month = shifted(START, chance.randint(-1, found.term.months + 3))
        export = random_export(chance, found, month)
        assert differs(export) == 0, exporting.encoded(export)
        charged += bool(export.statement.adjustments)
    assert charged > 100


def test_one_dong_more_or_one_fact_less_is_found():
    chance = random.Random(7)
    line = counted("notice.part", unit_price=300)
    facts = []
    while not any(fact.meter == "notice.part" and fact.quantity for fact in facts):
        export = random_export(chance, contract(lines=[fixed(3600), line]), date(2026, 5, 1))
        facts = [f for f in export.facts if f.billed_in == date(2026, 5, 1)]
    more = msgspec.structs.replace(export.statement, total=export.statement.total + 1)
    assert differs(msgspec.structs.replace(export, statement=more)) == 1
    left = [f for f in export.facts if f.meter != "notice.part"]
    assert differs(msgspec.structs.replace(export, facts=left)) > 0


def test_the_script_runs_alone_with_pythons_own_library(tmp_path):
    file = tmp_path / "bang-ke.json"
    export = random_export(random.Random(1), contract(), date(2026, 5, 1))
    file.write_bytes(exporting.encoded(export))
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "difference: 0 VND")
    file.write_text(file.read_text().replace(f'"total":{export.statement.total}', '"total":1'))
    assert subprocess.run(command, capture_output=True, cwd=tmp_path).returncode == 1


async def test_what_the_books_export_comes_out_the_same_with_late_facts_and_credits(tenant):
    promise = Sla(code="restore", name="60", measure="restore_minutes", value=60, clause=CLAUSE)
    cost = Penalty(code="P", name="Chậm", sla="restore", rate_bp=100, cap_bp=900, clause=CLAUSE)
    found = contract(
        tenant_slug=tenant.slug,
        lines=[fixed(36_000_001), counted("notice.part", 300)],
        sla=[promise],
        penalties=[cost],
        rounding=[MONTHS, Rounding(what="credit", rule="half_up", clause=CLAUSE)],
    )
    await service.load(found)
    october, november = date(2026, 10, 1), date(2026, 11, 1)

    async def happen(name, day, quantity):
        at = datetime(2026, 10, day, tzinfo=UTC)
        async with work():
            await meter.count(name, "notice.part", quantity=quantity, subject="n", occurred_at=at)
        await collect.collect()

    await happen("a", 3, 7)
    with clock.frozen(datetime(2026, 11, 5, tzinfo=UTC)):
        async with work():
            await settling.credit("Vận hành", tenant.id, october, "P", 2, "Hai sự cố")
            with pytest.raises(CreditKnown):  # Pressed twice it is taken off once.
                await settling.credit("Vận hành", tenant.id, october, "P", 2, " Hai sự cố ")
            with pytest.raises(CreditRefused):
                await settling.credit("Vận hành", tenant.id, october, "Q", 2, "Không có")
        async with work():
            closed = await service.close("Vận hành", tenant.id, october)
        with pytest.raises(MonthClosed):
            async with work():
                await settling.credit("Vận hành", tenant.id, october, "P", 1, "Muộn")
    assert closed.total == 1_000_000 + 7 * 300 - 20_000
    await happen("b", 31, 5)
    for month, total in ((october, closed.total), (november, 1_000_000 + 5 * 300)):
        export = await exporting.export(tenant.id, month)
        assert export.statement.total == total
        assert differs(export) == 0
    assert (await queries.statement(tenant.id, october)).statement == closed
