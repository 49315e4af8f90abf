"""Numbers of slips and lines of the register: taken in the transaction that uses them."""

from datetime import datetime
from uuid import UUID

from infra.clock import VIETNAM
from infra.ids import uuid7
from tenants import db

# The row stays locked until the transaction ends: a number rolled back is given to the next one.
_NEXT = """
insert into slip_counter as counter (agency_id, form, year, last) values ($1, $2, $3, 1)
on conflict (agency_id, form, year) do update set last = counter.last + 1
returning last
"""
# Served by register_entry_dossier_id_key.
_ENTERED = "select number from register_entry where dossier_id = $1"
_ENTER = """
insert into register_entry (id, agency_id, year, number, dossier_id, received_at)
values ($1, $2, $3, $4, $5, $6)
"""
_REGISTER = "07"


async def take_number(agency_id: UUID, form: str, year: int) -> int:
    """The next number of that form in the agency's year, from 1, without gaps."""
    return int(await db.tenant.fetch_value(_NEXT, agency_id, form, year))


async def enter_in_register(dossier_id: UUID, agency_id: UUID, received_at: datetime) -> int:
    """Write a received dossier (vào sổ theo dõi hồ sơ, mẫu 07) and answer its number of the year.

    The year is that of reception in Vietnam. A dossier is entered once: the same number again for
    one already there, wherever it was entered. The caller holds the dossier's row locked.
    """
    known = await db.tenant.fetch_value(_ENTERED, dossier_id)
    if known is not None:
        return int(known)
    year = year_of(received_at)
    number = await take_number(agency_id, _REGISTER, year)
    await db.tenant.execute(_ENTER, uuid7(), agency_id, year, number, dossier_id, received_at)
    return number


def year_of(moment: datetime) -> int:
    """The year it is in Vietnam at that moment."""
    return moment.astimezone(VIETNAM).year
