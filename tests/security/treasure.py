"""What a province has: one thing of every kind that an address, a form or a link can name.

All people are constructed. A thing is found by the name that addresses give to it, after the part
of the path before it where one name means several things.
"""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from app.doors import session_store
from app.doors.session_store import digest
from app.doors.signin.flow import LIFE, Flow
from app.onestop.bulk import service as bulk
from app.onestop.bulk.shapes import Chosen
from app.onestop.dossiers import service
from app.onestop.dossiers.models import Dossier, Draft
from app.onestop.dossiers.queries import paging
from app.onestop.dossiers.rules import Act
from app.onestop.notices import answering, reports
from app.onestop.ratings.service import rating_path
from app.onestop.recounting import service as recounting
from app.onestop.recounting.shapes import Swapped
from app.onestop.workflows import service as workflows
from app.onestop.workflows.source import shipped
from app.people.shapes import Actor, HeldPost
from infra.clock import now
from infra.ids import uuid7
from storage import uploads
from storage.store import store_of
from tenants import db, issuers
from tenants.current import current
from tenants.work import work
from tests import cast
from tests.onestop.dossiers import story

_SWAP = Swapped(off=date(2027, 1, 4), on=date(2027, 1, 9))
SYSTEM_KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"  # RFC 8037, appendix A
BROWSER = "b" * 43


class Owner(NamedTuple):
    """Whose secrets they are; nothing of it may be read by anybody else."""

    name: str
    child: str
    phone: str

    @property
    def markers(self) -> tuple[str, ...]:
        """The same as pages, slips, links and messages would show it."""
        digits = self.phone.replace(" ", "")
        return (self.name, self.name.upper(), self.child.upper(), digits, "+84" + digits[1:])


KIN = Owner("Lý Thị Kín", "Bí Mật", "0915 000 777")
THAM = Owner("Đoàn Văn Thầm", "Giấu Tên", "0916 000 888")


class Place(NamedTuple):
    """Where in the province it lies."""

    agency: str
    officer: str


HERE = Place("ubnd-phuong-quy-nhon", cast.LAN)
THERE = Place("ubnd-phuong-lao-cai", cast.OUTSIDER)


class Treasure(NamedTuple):
    """Everything of one citizen of one tenant, by the names of paths, queries and forms."""

    values: dict[str, str]
    owner: Owner
    citizen: Actor
    officer: Actor

    def of(self, name: str, before: str = "") -> str:
        """What stands for a name in an address or a form, `before` being the part before it."""
        known = {**self.values, **SHARED}
        return known.get(f"{before}/{name}", known.get(name, known["code"]))


async def bury(owner: Owner, place: Place) -> Treasure:
    """A dossier on its way with all that comes with one, and one of everything else."""
    citizen = await cast.citizen(owner.name, f"subject-{digest(owner.name)[:8]}")
    everybody = await _holder_of_all(place)
    dossier = await _filed(citizen, everybody, owner, place)
    draft = await _draft(citizen, owner, place)
    values = {
        **await _of_dossier(dossier),
        **await _of_officers(everybody, dossier),
        **await _of_partner(dossier),
        **await _of_sign_in(),
        "ban-nhap/draft_id": str(draft.id),
        "draft": str(draft.id),
        "tim": owner.name.lower(),  # As typed it would only be shown again.
        "identity": await _upload(citizen, draft),
    }
    return Treasure(values, owner, citizen, everybody)


def nothing(like: Treasure) -> Treasure:
    """The same names with values that exist nowhere, of the same form."""
    made = {name: _unknown(value) for name, value in like.values.items()}
    return like._replace(values=made)


def at_home(treasure: Treasure) -> Treasure:
    """The same without what would make us ask an issuer, and lists from their first page on."""
    return treasure._replace(values={**treasure.values, "issuer": "", "state": "", "sau": ""})


# Names that mean the same at every tenant; no secret lies behind them.
SHARED = {
    "static/name": "logo.svg",
    "tinh/digest": "x",
    "{digest}/name": "mau.css",
    "thu-tuc/code": story.BIRTH,
    "nop-ho-so/code": story.BIRTH,
    "lap/code": story.BUILDING,
    "mau/key": "TIEP_NHAN",
    "{key}/version": "1",
    "{notice_id}/number": "1",
    "tam-giu/why": "surge",
    "lap/kind": "hoan-doi",
    "month": "2026-11",
    "{month}/line": "dossier-received",
    "tep/name": "tinh-lai.json",
    "tu": "",
    "den": "",
    "node": "",
    "truoc": "",
}


async def _filed(citizen: Actor, everybody: Actor, owner: Owner, place: Place) -> Dossier:
    """Filed with a paper, received with its slip, and handed over."""
    draft = await story.with_paper(citizen, await _draft(citizen, owner, place))
    async with work():
        dossier = await service.submit(citizen, draft.id)
    async with work():
        await service.receive(everybody, dossier.code, None)
    async with work():
        await service.hand_over(everybody, dossier.code, None)
    return dossier


async def _draft(citizen: Actor, owner: Owner, place: Place) -> Draft:
    told = {"nyc_ten": owner.name, "nyc_dien_thoai": owner.phone, "ks_ten": owner.child}
    async with work():
        draft = await service.start_draft(citizen, story.BIRTH, await story.agency(place.agency))
        await service.save_draft(citizen, draft.id, {**story.ANSWERS, **told})
    return draft


async def _holder_of_all(place: Place) -> Actor:
    """The officer with every post of the agency and an administrator's."""
    rows = await db.tenant.fetch(_POSTS, place.agency)
    officer = await cast.officer(place.officer)
    return msgspec.structs.replace(officer, posts=tuple(HeldPost(**dict(row)) for row in rows))


async def _of_dossier(dossier: Dossier) -> dict[str, str]:
    row: Any = await db.tenant.fetch_row(_THINGS, dossier.id)
    link = store_of(current()).link(row["key"], file_name="a.pdf", media_type="application/pdf")
    report = reports.report_address(current(), row["notice"], 1).rpartition("/")[2]
    return {
        "code": dossier.code,
        "ma": dossier.code,
        "version": str(row["version"]),
        "so_cuoi": row["phone"][-4:],
        "dossier": str(dossier.id),
        "paper_id": str(row["paper"]),
        "notice_id": str(row["notice"]),
        "slip_id": str(row["slip"]),
        "kho/token": link.rpartition("/")[2],
        "danh-gia/token": rating_path(dossier.id).rpartition("/")[2],
        "{number}/token": report,
        "{slug}/token": answering.inbound_address(current()).rpartition("/")[2],
        "slug": current().slug,
        "sau": paging.written((dossier.filed_at, dossier.id)),
        "agency_id": str(dossier.agency_id),
        "co-quan": str(dossier.agency_id),
        "sha256": row["sha256"],
        "stored": row["key"],
    }


async def _of_officers(everybody: Actor, dossier: Dossier) -> dict[str, str]:
    """What officers have made: an order, drafts of a calendar and of a workflow."""
    data = msgspec.json.encode(shipped()["gpxd-nha-o"])
    async with work():
        order = await bulk.order(everybody, Act.HAND_OVER, [Chosen(dossier.code, 1)])
        workflow = await workflows.save_draft(everybody, story.BUILDING, data)
        calendar = await recounting.draft(everybody, _SWAP, "Quyết định thử")
    holding = await db.tenant.fetch_value(_HOLDING, everybody.id)
    await db.tenant.execute(_SIGNED_IN_BEFORE, everybody.id)
    return {
        "officer_id": str(everybody.id),
        "holding_id": str(holding),
        "post_id": str(everybody.posts[0].id),
        "order_id": str(order),
        "workflow_id": str(workflow),
        "du-thao/draft_id": str(calendar),
        "reorganisation": str(uuid7()),
    }


async def _of_partner(dossier: Dossier) -> dict[str, str]:
    """Another system, and a message to it that is stuck."""
    async with work():
        partner = await db.tenant.fetch_value(_PARTNER, uuid7(), SYSTEM_KEY, now())
        message = await db.tenant.fetch_value(_STUCK, uuid7(), partner, uuid7(), dossier.id, now())
    return {"partner_id": str(partner), "message_id": str(message)}


async def _of_sign_in() -> dict[str, str]:
    """An issuer of the tenant, and an attempt to sign in there that waits for its browser."""
    issuer = await issuers.trust(
        current().id, "staff", f"http://127.0.0.1:9/{current().slug}", label="tài khoản thử",
        client_id="c", client_secret="",
    )  # fmt: skip
    state = session_store.new_token()
    attempt = Flow(
        issuer_id=issuer, audience="staff", nonce="n", verifier="v", browser=digest(BROWSER),
        redirect_uri="", return_to="/can-bo", begun_at=now(),
    )  # fmt: skip
    await session_store.put("flow", state, attempt, LIFE)
    return {"issuer": str(issuer), "state": state}


async def _upload(citizen: Actor, draft: Draft) -> str:
    begun = await uploads.begin(
        f"citizen:{citizen.id}", target=f"draft:{draft.id}", slot="giay-chung-sinh",
        file_name="bi-mat.pdf", size=100,
    )  # fmt: skip
    return str(begun.id)


def _unknown(value: str) -> str:
    """A value of the same form that nobody has."""
    try:
        UUID(value)
    except ValueError:
        return value[:-4] + ("9998" if value[-4:].isdigit() else "AAAA")
    return str(uuid7())


_POSTS = """
select p.id, p.kind, p.title, p.agency_id, a.name as agency_name
from post p join agency a on a.id = p.agency_id
where a.key = $1 or p.id = (select id from post where kind = 'administrator' limit 1)
order by a.key = $1 desc, p.kind
"""
_THINGS = """
select (select id from paper where dossier_id = $1 limit 1) as paper,
       (select id from notice where dossier_id = $1 order by created_at limit 1) as notice,
       (select id from slip where dossier_id = $1 limit 1) as slip,
       (select phone from dossier where id = $1) as phone,
       (select version from dossier where id = $1) as version,
       (select key from stored_object limit 1) as key,
       (select encode(sha256, 'hex') from stored_object limit 1) as sha256
"""
_HOLDING = "select id from post_holding where officer_id = $1 limit 1"
_SIGNED_IN_BEFORE = "update officer set issuer = 'https://x', subject = 'x' where id = $1"
_PARTNER = """
insert into partner (id, slug, name, address, public_key, added_at)
values ($1, 'he-thong-thu', 'Hệ thống thử', 'https://thu.example', $2, $3) returning id
"""
_STUCK = """
insert into outgoing (id, partner_id, work_id, dossier_id, kind, body, state, next_at, created_at)
values ($1, $2, $3, $4, 'request', '{}', 'stuck', $5, $5) returning id
"""
