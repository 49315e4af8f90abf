"""Letters: the same news by e-mail, in plain Vietnamese with all its marks.

A letter has no parts and costs no province anything; it is written beside the text message, or in
its place, as a notice of its own.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec

from app.onestop.notices import providers, rules
from infra.clock import now
from infra.ids import uuid7
from infra.settings import settings
from tenants import db
from tenants.current import current

_FILE = Path(__file__).parent / "data" / "letters.json"
_PLACE = re.compile(r"\{([A-Z]+)\}")
_OWN = frozenset({"MA", "TRACUU", "VD", "PHI"})
_SHELL = """Kính gửi ông/bà,

{news}

Thư này được gửi tự động, xin ông/bà không trả lời thư này. Khi cần hỏi, xin gọi {hotline}.

{office}
"""

_NAMES = """
select a.name as agency, coalesce(b.name, a.name) as desk, p.name as procedure
from dossier d join agency a on a.id = d.agency_id left join agency b on b.id = d.desk_agency_id
join procedure p on p.id = d.procedure_id where d.id = $1
"""
_INSERT = """
insert into notice (id, dossier_id, event, fact, channel, email, subject, text, encoding, parts,
                    next_at, created_at, state)
values ($1, $2, $3, $4, 'email', $5, $6, $7, 'MAIL', 1, $8, $9, 'pending')
on conflict (fact) do nothing returning id
"""


class Letter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One wording (mẫu thư) with the places of the text message of the same key."""

    key: str
    subject: str
    text: str


@cache
def every() -> dict[str, Letter]:
    """All letters by key; codes and reminders to officers have none."""
    read = msgspec.json.decode(_FILE.read_bytes(), type=list[Letter])
    return {letter.key: letter for letter in read}


async def possible(event: str) -> bool:
    """Whether there is such a letter, and a mail server of the current tenant to give it to."""
    listed = await providers.of_tenant() if event in every() else {}
    return any(provider.channel == "email" for provider in listed.values())


async def write(
    dossier_id: UUID, event: str, fact: str, email: str, values: Mapping[str, object], at: datetime
) -> UUID | None:
    """Write a letter that may go at `at`, unless `fact` was told before; its id or None."""
    names = await db.tenant.fetch_row(_NAMES, dossier_id)
    if names is None:
        return None
    marked = {"CQ": names["agency"], "NOI": names["desk"], "TT": names["procedure"]}
    link = f"{settings().public_scheme}://{values['TRACUU']}"
    subject, text = composed(every()[event], {**values, **marked, "TRACUU": link})
    site = current().site
    body = _SHELL.format(news=text, hotline=site.hotline, office=site.office)
    written: UUID | None = await db.tenant.fetch_value(
        _INSERT, *(uuid7(), dossier_id, event, fact, email, subject, body, at, now())
    )
    return written


def composed(letter: Letter, values: Mapping[str, object]) -> tuple[str, str]:
    """Subject and news with their places filled; numbers that may identify a person are masked."""

    def fill(match: re.Match[str]) -> str:
        return _value(match[1], values)

    subject = " ".join(_PLACE.sub(fill, letter.subject).split())
    return subject, _PLACE.sub(fill, letter.text)


def _value(name: str, values: Mapping[str, object]) -> str:
    value = values.get(name)
    if not (text := rules.shown(value)):
        raise rules.BadTemplate(f"no value for {name}")
    if isinstance(value, int):
        return text.replace(" dong", " đồng")
    return text if name in _OWN else rules.masked(text)
