"""The templates of text messages, as data with versions: the shipped ones, and a province's own.

The shipped ones are the product's proposals, not any province's; all are unaccented, so that they
stay in the GSM alphabet. A version is never edited: a new text is a new version, and a notice
names its own.
"""

from collections.abc import Collection
from functools import cache
from pathlib import Path

import msgspec

from app.onestop.notices.wording import Chosen, Line, Verdict, Wording, choose
from tenants import db

_FILE = Path(__file__).parent / "data" / "templates.json"


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One wording (mẫu tin). `urgent` may be sent at night; placeholders stand in braces."""

    key: str
    version: int
    title: str
    text: str
    urgent: bool = False
    demanded_by: str = ""  # the rule that wants people told, whatever they wish; else empty


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a province has of its own: wordings, lines, what operators said of the wordings."""

    own: list[tuple[str, int, str, bool, bool]]  # key, version, text, marked, in use
    lines: list[tuple[str, str, bool]]
    verdicts: list[tuple[str, int, str, str, Verdict]]


# Served by the primary keys of notice_template and notice_brand, and notice_approval_by_line; the
# tables are as short as the list of messages.
_KNOWN = """
select jsonb_build_object(
 'own', coalesce((select jsonb_agg(jsonb_build_array(key, version, text, marked,
                                                     in_use_at is not null))
                  from notice_template where key = any($1) and retired_at is null), '[]'),
 'lines', coalesce((select jsonb_agg(jsonb_build_array(brand, provider, needs_approval))
                    from notice_brand), '[]'),
 'verdicts', coalesce((select jsonb_agg(jsonb_build_array(key, version, brand, provider, state))
                       from (select distinct on (brand, provider, key, version) *
                             from notice_approval where key = any($1)
                             order by brand, provider, key, version, at desc, id desc) latest),
                      '[]'))::text
"""
_OWN = "select text, marked from notice_template where key = $1 and version = $2"


async def current(key: str) -> Chosen:
    """The wording to send now; raises KeyError for an unknown message.

    When no line takes any, the newest in use, barred everywhere: it is written and held.
    """
    known, shipped = await known_of([key]), _shipped()[key]
    versions = [*(_wording(one) for one in shipped), *_own(known, key, shipped[-1])]
    lines = [Line(*line) for line in known.lines]
    verdicts = {(version, brand, over): said for _, version, brand, over, said in known.verdicts}
    chosen = choose(versions, lines, verdicts)
    return chosen or Chosen(
        max((one for one in versions if one.in_use), key=lambda one: one.version),
        frozenset(lines),
    )


class BarredOver(msgspec.Struct, frozen=True):
    """The providers whose operators have not approved a wording; whether those are all."""

    providers: tuple[str, ...]
    everywhere: bool


async def barred(pairs: Collection[tuple[str, int]]) -> dict[tuple[str, int], BarredOver]:
    """Which wordings, by key and version, may not go over which providers; only those so barred."""
    known = await known_of([key for key, _ in pairs])
    approved = {tuple(said[:4]) for said in known.verdicts if said[4] is Verdict.APPROVED}
    every_one = {provider for _, provider, _ in known.lines}
    found = {}
    for key, version in pairs:
        free = {
            provider
            for brand, provider, needs in known.lines
            if not needs or (key, version, brand, provider) in approved
        }
        if closed := every_one - free:
            found[key, version] = BarredOver(tuple(sorted(closed)), not free)
    return found


async def known_of(keys: Collection[str]) -> Known:
    """What the current tenant has of its own for these messages; one round trip."""
    return msgspec.json.decode(await db.tenant.fetch_value(_KNOWN, list(keys)), type=Known)


async def text_of(key: str, version: int) -> str | None:
    """The text of one version, such as the one a notice was written from."""
    found = next((one for one in _shipped().get(key, ()) if one.version == version), None)
    return found.text if found else await db.tenant.fetch_value(_OWN, key, version)


def shipped_of(key: str) -> list[Template]:
    """The shipped versions of a message, the oldest first; raises KeyError."""
    return _shipped()[key]


def newest() -> list[Template]:
    """Each message in its newest shipped version, in the order of the file."""
    return list(_newest().values())


def named(key: str) -> Template:
    """The newest version of a template; raises KeyError for an unknown one."""
    return _newest()[key]


def title_of(key: str) -> str:
    """What the event is called in Vietnamese."""
    template = _newest().get(key)
    return template.title if template else key


def every() -> list[Template]:
    """All templates with all versions."""
    return msgspec.json.decode(_FILE.read_bytes(), type=list[Template])


@cache
def urgent_keys() -> tuple[str, ...]:
    """The events that are sent at night too."""
    return tuple(key for key, template in _newest().items() if template.urgent)


@cache
def _newest() -> dict[str, Template]:
    return {each.key: each for each in sorted(every(), key=lambda each: each.version)}


@cache
def _shipped() -> dict[str, list[Template]]:
    ordered = sorted(every(), key=lambda each: each.version)
    return {key: [one for one in ordered if one.key == key] for key in _newest()}


def _wording(one: Template) -> Wording:
    return Wording(key=one.key, version=one.version, text=one.text, urgent=one.urgent)


def _own(known: Known, key: str, like: Template) -> list[Wording]:
    return [
        Wording(
            key=key, version=version, text=text, marked=marked, urgent=like.urgent, in_use=in_use
        )
        for name, version, text, marked, in_use in known.own
        if name == key
    ]
