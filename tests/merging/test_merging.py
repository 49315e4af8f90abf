"""Lào Cai, which has worked, joins Bình Định, which has worked; then they part again."""

from tests.merging.conftest import decided


async def test_plan(worked, joined):
    from app.merging import planning, running, comparing
    plan = await planning.plan(joined, worked)
    print(len(plan.meetings), plan.settled, plan.rows, plan.stays, plan.warnings)
    for m in plan.meetings[:6]:
        print(m.table, m.key, m.proposed, {k: str(v)[:60] for k, v in m.differs.items()})
    done = await running.run(joined, worked, decided(plan), by="Kiểm thử")
    print(done)
