"""Taking the next code of an agency, in the transaction that uses it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.codes.refusals import NoCodeGiven
from app.onestop.codes.rules import compose, counted_from, is_code, prefix_faults, read_form
from app.onestop.codes.shapes import CodeForm, Generator, Source
from app.people.refusals import NoSuchAgency
from app.people.service import administrator_only
from app.people.shapes import Actor
from app.refusals import Malformed
from app.trail.service import record
from infra.clock import now, today
from tenants import db

# The row stays locked until the transaction ends: a code rolled back is given to the next one, so
# the period's numbers have no gap and no double.
_NEXT = """
insert into code_counter as counter (prefix, on_day, last) values ($1, $2, 1)
on conflict (prefix, on_day) do update set last = counter.last + 1
returning last
"""
# Two receptions at once take two codes; one rolled back puts its code back by itself.
_GIVEN = """
delete from code_given where code = (
    select code from code_given where prefix = $1 order by code limit 1 for update skip locked)
returning code
"""
_STOCK = """
insert into code_given (code, prefix, given_at) values ($1, $2, $3) on conflict (code) do nothing
"""
# An agency without a form of its own makes codes as the one above it.
_GENERATOR = """
with recursive above as (
    select id, parent_id, code_form, 0 as height from agency where id = $1
    union all
    select a.id, a.parent_id, a.code_form, above.height + 1
    from above join agency a on a.id = above.parent_id where above.code_form is null
)
select a.code_prefix,
       (select code_form::text from above where code_form is not null limit 1) as form
from agency a where a.id = $1
"""


async def take_for(agency_id: UUID) -> str:
    """The next dossier code (mã hồ sơ) of the agency, made as the agency makes them.

    Raises NoCodeGiven where codes come from outside and none is left.
    """
    return await take(await generator_of(agency_id))


async def take(generator: Generator | str) -> str:
    """The next code of a generator for today's date in Vietnam; a bare prefix has the usual form.

    Raises NoCodeGiven.
    """
    made = Generator(generator) if isinstance(generator, str) else generator
    draw = _draw_given if made.form.source is Source.OUTSIDE else _draw_counted
    # A code that a dossier has or had is passed over: the sequence goes on behind it.
    while await is_taken(code := await draw(made)):
        pass
    return code


async def generator_of(agency_id: UUID) -> Generator:
    """How the agency's codes are made. Raises NoSuchAgency."""
    row = await db.tenant.fetch_row(_GENERATOR, agency_id)
    if row is None:
        raise NoSuchAgency
    form = msgspec.json.decode(row["form"], type=CodeForm) if row["form"] else CodeForm()
    return Generator(row["code_prefix"], form)


async def choose_form(
    actor: Actor, agency_id: UUID, description: Mapping[str, Any] | str | None
) -> None:
    """Let the agency, and those beneath it without a form of their own, make codes this way.

    None: as the agency above it. Codes already given stay. Raises NotAllowed, NoSuchAgency,
    Malformed for a description with an unknown word.
    """
    administrator_only(actor)
    try:
        form = None if description is None else read_form(description)
    except ValueError as error:
        raise Malformed(fields={"code_form": f"Mô tả cách đặt mã chưa đúng: {error}."}) from error
    text = None if form is None else msgspec.json.encode(form).decode()
    done = await db.tenant.execute(
        "update agency set code_form = $2::jsonb where id = $1", agency_id, text
    )
    if done != "UPDATE 1":
        raise NoSuchAgency
    detail = {"form": form}
    await record(actor, "agency.code_form", ("agency", agency_id), detail=detail, basis=_BASIS)


async def stock(prefix: str, codes: Iterable[str]) -> None:
    """Keep codes that a system outside gave for `prefix`; one kept twice is kept once.

    Raises ValueError for a text that is no code, before anything is kept.
    """
    given = list(codes)
    wrong = [code for code in given if not is_code(code)]
    if wrong or prefix_faults(prefix):
        raise ValueError(f"no dossier codes: {wrong or prefix}")
    await db.tenant.execute_many(_STOCK, [(code, prefix, now()) for code in given])


async def is_taken(code: str) -> bool:
    """Whether some dossier has this code now, or had it before."""
    return await db.tenant.fetch_value("select dossier_named($1)", code) is not None


async def _draw_counted(generator: Generator) -> str:
    day = today()
    begins = counted_from(generator.form, day)
    return compose(generator, day, await db.tenant.fetch_value(_NEXT, generator.prefix, begins))


async def _draw_given(generator: Generator) -> str:
    code: str | None = await db.tenant.fetch_value(_GIVEN, generator.prefix)
    if code is None:
        raise NoCodeGiven
    return code


_BASIS = "Điều 19 Thông tư số 01/2018/TT-VPCP"
