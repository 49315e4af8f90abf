"""A tenant with a past: many dossiers and what comes with them, written straight by SQL."""

from tenants.clusters import owner
from tenants.shapes import Tenant

PREFIX = "H08.21583"
_A_DAY = 9000

# Ids follow time, as the product's own do.
_DOSSIERS = """
insert into dossier (id, code, procedure_id, agency_id, channel, status, version,
  applicant_name, applicant, phone, answers, summary, wanted_way, filed_at, received_at, due_at)
select uuidv7(), code, p.id, a.ids[1 + n %% cardinality(a.ids)], 'online',
  case when %(open)s then 4 else 9 end, 3,
  'Người thử ' || n, json_build_object('full_name', 'Người thử ' || n,
  'phone', '+8490' || lpad(n::text, 7, '0'), 'address', 'Tổ dân phố thử, phường Quy Nhơn'),
  '+8490' || lpad(n::text, 7, '0'), (select jsonb_object_agg('muc_' || k, 'Trả lời thử ' || n)
  from generate_series(1, 20) k), 'Đăng ký thử số ' || n, 'electronic', filed_at,
  filed_at + interval '1 hour', filed_at + interval '3 days'
from (select n, %(prefix)s || '-' || to_char(date '2026-01-05' + n / %(a_day)s, 'YYMMDD') || '-' ||
        to_char(n %% %(a_day)s + 1, 'FM00000') as code,
        timestamptz '2026-01-05 01:00Z' + (n / %(a_day)s) * interval '1 day' as filed_at
      from generate_series(1, %(count)s) n) numbers,
  (select id from procedure where code = '1.001193' and valid_to is null) p,
  (select %(agencies)s as ids) a
"""
_TASKS = """
insert into task (id, dossier_id, node, kind, name, agency_id, post_id, state, opened_at, due_at)
select uuidv7(), d.id, 'thu-ly', 'step', 'Thụ lý hồ sơ', d.agency_id, o.id, 'open',
       d.received_at, d.due_at
from dossier d join lateral (select o.id from post o
   where o.agency_id = d.agency_id and o.kind = 'specialist' order by o.key desc limit 1) o on true
where d.status = 4
"""
_ONE_AGENCY = "array(select id from agency where code_prefix = %s limit 1)"
_COMMUNES = "array(select id from agency where kind = 'commune' order by key)"
_PROGRESS = """
insert into progress (id, dossier_id, status, act, step, title, agency_name, at)
select uuidv7(), d.id, s.status, s.act, null, s.title, 'Ủy ban nhân dân phường Quy Nhơn',
       d.filed_at + s.hour * interval '1 hour'
from dossier d, (values (1, 'submit', 0, 'Nộp hồ sơ trực tuyến'),
                        (2, 'receive', 1, 'Tiếp nhận hồ sơ'),
                        (4, 'hand_over', 2, 'Chuyển xử lý')) as s (status, act, hour, title)
"""
_TRAIL = """
insert into trail (id, at, actor_kind, actor_id, actor_name, act, subject_kind, subject_id, detail)
select uuidv7(), p.at, 'system', null, 'Hệ thống', 'dossier.' || p.act, 'dossier',
       p.dossier_id::text, '{}' from progress p
"""
_NOTICES = """
insert into notice (id, dossier_id, event, fact, phone, text, encoding, parts, state, next_at,
                    created_at, sent_at)
select uuidv7(), d.id, 'TIEP_NHAN', 'dossier:' || d.id || ':TIEP_NHAN', d.phone,
       'TTPVHCC: Ho so ' || d.code || ' da duoc tiep nhan.', 'GSM7', 1, 'sent', d.filed_at,
       d.filed_at, d.filed_at
from dossier d
"""
_USAGE = """
insert into usage_record (id, meter, quantity, subject, occurred_at, recorded_at)
select 'dossier:' || d.id || ':received', 'dossier.received', 1, d.code, d.received_at,
       d.received_at
from dossier d
"""


async def fill(
    tenant: Tenant, count: int, *, everywhere: bool = False, prefix: str = PREFIX
) -> None:
    """Give the tenant `count` dossiers, each with progress, trail, a notice and its usage.

    At one agency four of five are being processed; `everywhere` in the province one of fifty is,
    as in a house that has been at work for years.
    """
    values = {
        "prefix": f"'{prefix}'", "a_day": _A_DAY, "count": count,
        "open": "n % 50 = 0" if everywhere else "n % 5 <> 0",
        "agencies": _COMMUNES if everywhere else _ONE_AGENCY % f"'{prefix}'",
    }  # fmt: skip
    async with owner(tenant.cluster, tenant.database) as connection:
        # A rebuilt past needs neither the checks nor the flushes of a living one.
        await connection.execute("set session_replication_role = replica")
        await connection.execute("set synchronous_commit = off")
        await connection.execute(_DOSSIERS % values)
        for statement in (_TASKS, _PROGRESS, _TRAIL, _NOTICES, _USAGE):
            await connection.execute(statement)
        await connection.execute("vacuum (analyze)")


async def some_codes(tenant: Tenant, count: int) -> list[str]:
    """Codes of dossiers spread evenly over all there are."""
    async with owner(tenant.cluster, tenant.database) as connection:
        rows = await connection.fetch(
            "select code from (select code, row_number() over (order by code) as n,"
            " count(*) over () as total from dossier) d where n % greatest(1, total / $1) = 0"
            " limit $1",
            count,
        )
    return [row["code"] for row in rows]
