"""What the vendor sees of backups: what there is, what was restored, and what is red."""

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from app.doors import backup_figures
from app.doors.backup_words import TO_DO, WORRIES
from infra import clock
from infra.ids import uuid7
from tenants.backup import catalogue
from tenants.backup.rules import Worry
from tenants.db import control


async def backed_up(tenant, drilled_ago):
    """A log, a set in two places, and a drill so long ago."""
    await control.execute("delete from backup_set")
    era = await catalogue.begin("wal", tenant.cluster, first_segment="0" * 24)
    await catalogue.reached(era, clock.now())
    made = await catalogue.begin("dump", tenant.cluster, tenant)
    await catalogue.finish(made, clock.now(), 1, 5_000_000)
    for place in ("gan", "xa"):
        await catalogue.copied(made, place)
    await control.execute(
        "insert into restore_drill (id, at, kind, set_id, cluster, tenant_id, tenant_slug,"
        " target_at, seconds, passed, tables, rows, objects, trail)"
        " values ($1, $2, 'dump', $3, 'main', $4, $5, $2, 6.1, true, 60, 12345, 7, 'whole')",
        *(uuid7(), clock.now() - drilled_ago, made, tenant.id, tenant.slug),
    )


async def row_of(vendor, tenant):
    text = " ".join((await vendor.get("/sao-luu")).text.split())
    start = text.index(f'scope="row">{tenant.site.name}<')
    return text, text[start : text.index("</tr>", start)]


async def figure(tenant):
    backup_figures._read_at = float("-inf")
    await backup_figures.refresh()
    return REGISTRY.get_sample_value("motcua_backup_worries", {"tenant": tenant.slug})


@pytest.mark.parametrize(
    ("ago", "word", "count"),
    [(timedelta(days=6), "Đạt yêu cầu", 0), (timedelta(days=8), "Đã quá 7 ngày", 1)],
)
async def test_a_tenant_whose_backup_nobody_restored_for_seven_days_is_red(
    vendor, tenant, ago, word, count
):
    _, before = await row_of(vendor, tenant)
    assert "Chưa có bản sao lưu riêng" in before and "Chưa khôi phục thử lần nào" in before
    assert await figure(tenant) >= 2
    await backed_up(tenant, ago)
    text, row = await row_of(vendor, tenant)
    assert word in row and "trong 6,1 giây" in row
    assert "12.345" in text and "gan, xa" in text
    # Other tenants of the page may have other things to be done for them.
    told = f"<dt>{WORRIES[Worry.OLD_DRILL]}</dt><dd>{TO_DO[Worry.OLD_DRILL]}</dd>"
    assert (told in text) == bool(count)
    assert await figure(tenant) == count
    await control.execute("delete from backup_set")
