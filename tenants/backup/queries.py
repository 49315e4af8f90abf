"""What the vendor reads about backups: one line for each tenant, the newest sets and drills."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from infra.clock import now
from tenants.backup.rules import Standing, Worry, worries
from tenants.db import control


class TenantLine(msgspec.Struct, frozen=True, kw_only=True):
    """How one tenant's backups stand (tình hình sao lưu)."""

    slug: str
    name: str
    newest_at: datetime | None
    log_reaches_at: datetime | None
    drilled_at: datetime | None
    drill_seconds: float | None
    files: int | None
    pushed_at: datetime | None  # to its own centre
    pushes: bool  # whether it has named a place of its own
    worries: list[Worry]


class SetLine(msgspec.Struct, frozen=True, kw_only=True):
    """One set (bản sao lưu) and where its copies lie."""

    kind: str
    whose: str
    state: str
    began_at: datetime
    reaches_at: datetime | None
    bytes: int
    places: list[str]
    failure: str | None


class DrillLine(msgspec.Struct, frozen=True, kw_only=True):
    """One tenant's part of a restore drill (diễn tập khôi phục)."""

    at: datetime
    kind: str
    tenant_name: str
    target_at: datetime
    seconds: float
    rows: int
    objects: int
    trail: str
    passed: bool
    failure: str | None


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The vendor's page on backups."""

    tenants: list[TenantLine]
    sets: list[SetLine]
    drills: list[DrillLine]


async def overview() -> Overview:
    """Everything of the page, in three reads."""
    return Overview(
        tenants=await standings(),
        sets=[_set(row) for row in await control.fetch(_SETS, 30)],
        drills=[_drill(row) for row in await control.fetch(_DRILLS, 30)],
    )


async def standings() -> list[TenantLine]:
    """How every tenant's backups stand now, with all that is red."""
    return [_line(row, now()) for row in await control.fetch(_STANDINGS)]


def _line(row: Any, moment: datetime) -> TenantLine:
    due = None
    if row["every_hours"] is not None:
        since = row["pushed_at"] or row["created_at"]
        due = since + timedelta(hours=row["every_hours"])
    standing = Standing(
        *(row["newest_at"], row["log_reaches_at"], row["drilled_at"]),
        *(row["drill_failed"], row["uncopied_since"], due),
        *(row["log_lost"], row["awaited_at"], row["promised"]),
        *(row["place_away"], row["missing"]),
    )
    names = set(TenantLine.__struct_fields__) - {"worries", "pushes"}
    return TenantLine(
        **{name: row[name] for name in names},
        pushes=row["every_hours"] is not None,
        worries=worries(standing, moment),
    )


def _set(row: Any) -> SetLine:
    return SetLine(**{name: row[name] for name in SetLine.__struct_fields__})


def _drill(row: Any) -> DrillLine:
    return DrillLine(**{name: row[name] for name in DrillLine.__struct_fields__})


# A set is copied when as many places have it as had any set of the last days.
_STANDINGS = """
with places as (
    select count(distinct place) as many from backup_copy
    where copied_at > now() - interval '3 days'
), uncopied as (
    select s.cluster, s.tenant_id, min(s.ended_at) as since from backup_set s, places
    where s.state = 'whole' and s.kind <> 'wal'
      and (select count(*) from backup_copy c where c.set_id = s.id) < places.many
    group by s.cluster, s.tenant_id
)
select t.slug, t.site->>'name' as name, t.created_at,
       (select max(s.reaches_at) from backup_set s
        where s.tenant_id = t.id and s.state = 'whole') as newest_at,
       (select max(s.reaches_at) from backup_set s
        where s.kind = 'wal' and s.cluster = t.cluster
          and s.state in ('running', 'whole')) as log_reaches_at,
       good.at as drilled_at, good.seconds::float8 as drill_seconds,
       coalesce(not last.passed, false) as drill_failed,
       (select sum(f.files)::int from backup_files f where f.tenant_id = t.id
        and f.place = (select min(place) from backup_files where tenant_id = t.id)) as files,
       (select min(u.since) from uncopied u
        where u.tenant_id = t.id or u.tenant_id is null and u.cluster = t.cluster)
           as uncopied_since,
       p.pushed_at, p.every_hours,
       coalesce(r.lost_at > coalesce(
           (select max(s.began_at) from backup_set s where s.kind = 'base' and s.state = 'whole'
            and s.cluster = t.cluster), '-infinity'), false) as log_lost,
       case when r.waited_for then r.looked_at end as awaited_at,
       coalesce(r.promised, false) as promised,
       exists (select from backup_look l where l.cluster = t.cluster and l.failure is not null)
           as place_away,
       exists (select from backup_copy c join backup_set s on s.id = c.set_id
               join backup_look l on l.place = c.place and l.cluster = s.cluster
               where c.missing_at is not null and s.cluster = t.cluster
                 and (s.tenant_id is null or s.tenant_id = t.id)
                 and (s.state = 'whole' or s.kind = 'wal' and s.state = 'running')) as missing
from tenant t
left join backup_receiver r on r.cluster = t.cluster
left join lateral (select at, seconds from restore_drill d where d.tenant_id = t.id and d.passed
                   order by at desc limit 1) good on true
left join lateral (select passed from restore_drill d where d.tenant_id = t.id
                   order by at desc limit 1) last on true
left join backup_place p on p.tenant_id = t.id
where t.status <> 'provisioning' order by t.slug
"""
_SETS = """
select s.kind, coalesce(t.site->>'name', s.tenant_slug, s.cluster) as whose, s.state, s.began_at,
       s.reaches_at, s.bytes, s.failure,
       array(select place from backup_copy c where c.set_id = s.id order by place) as places
from backup_set s left join tenant t on t.id = s.tenant_id order by s.began_at desc limit $1
"""
_DRILLS = """
select d.at, d.kind, coalesce(t.site->>'name', d.tenant_slug) as tenant_name, d.target_at,
       d.seconds::float8 as seconds, d.rows, d.objects, d.trail, d.passed, d.failure
from restore_drill d left join tenant t on t.id = d.tenant_id order by d.at desc limit $1
"""
