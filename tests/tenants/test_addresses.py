"""Old addresses of a tenant that joined another: what people hold of it leads on for ever."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.doors.sites import place_of
from app.onestop.codes import rules as codes
from app.onestop.dossiers import service as dossiers
from app.onestop.notices import answering, reports
from app.onestop.ratings.rules import dossier_of, token_for
from app.onestop.ratings.service import rating_path
from infra import clock
from infra.settings import settings
from storage import links
from storage.store import store_of
from tenants import addresses, db, issuers, provision, registry, rotation
from tenants.addresses import AddressError, give_back, take_over
from tenants.clusters import owner
from tenants.provision import ProvisionError
from tenants.shapes import Former, Secrets, Site, Tenant
from tenants.takeovers import Takeover, formers, successors
from tenants.work import work
from tests import cast, conftest
from tests.conftest import MakeTenant
from tests.doors.browsing import Browse, Browser, browse
from tests.onestop.dossiers.story import on_paper, walked

__all__ = ["browse"]

DAY = datetime(2025, 6, 30, 17, tzinfo=UTC)  # 1 July 2025 in Vietnam
_SITE = Site(
    name="Cổng Dịch vụ công tỉnh Phú Yên", office="Trung tâm thử", hotline="0257 000 0000",
    colour="#0b6e4f", sms_name="TTPVHCC",
)  # fmt: skip


# --- What leads where, without a database -----------------------------------------------------


def joining(joined: UUID, into: UUID, since: datetime = DAY) -> Takeover:
    former = Former(
        id=joined, slug=f"t{joined.hex[:6]}", name="x", key=joined.bytes * 2,
        hosts=(f"{joined.hex}.test",), since=since, retired_at=since,
    )  # fmt: skip
    return Takeover(id=uuid4(), into_id=into, former=former)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.randoms())
def test_each_tenant_that_joined_ends_at_one_that_has_not_and_is_known_there(steps, random):
    ids = [uuid4() for _ in range(len(steps) + 1)]
    # Each joins a later one, so that nobody comes round to itself.
    made = [
        joining(ids[at], ids[min(at + 1 + step, len(steps))], DAY + timedelta(days=step))
        for at, step in enumerate(steps)
    ]
    random.shuffle(made)
    ends, known = successors(made), formers(made)
    for each in made:
        end = ends[each.former.id]
        assert end not in ends
        [there] = [former for former in known[end] if former.id == each.former.id]
        assert there.since >= each.former.since and there.key == each.former.key
    assert sum(len(known[end]) for end in set(ends.values())) == len(made)


def plain(slug: str, *former: Former) -> Tenant:
    return Tenant(
        id=uuid4(), slug=slug, status="active", cluster="main", database="d", role="r",
        bucket="b", secrets=Secrets(password="p", key=slug.encode().ljust(32, b".")), site=_SITE,
        host=f"{slug}.localhost", schema_version=1, created_at=DAY, former=former,
    )  # fmt: skip


@pytest.mark.usefixtures("servers")
def test_what_a_tenant_signed_is_good_where_it_joined_and_nowhere_else():
    joined, stranger, dossier = plain("phuyen"), plain("laocai"), uuid4()
    known = Former(
        id=joined.id, slug="phuyen", name=_SITE.name, key=joined.secrets.key,
        hosts=(joined.host,), since=DAY, retired_at=clock.now(),
    )  # fmt: skip
    into = plain("daklak", known)
    assert dossier_of(into.keys, token_for(joined.secrets.key, dossier)) == dossier
    assert dossier_of(stranger.keys, token_for(joined.secrets.key, dossier)) is None
    report = reports.report_address(joined, dossier, 1).rpartition("/")[2]
    inbound = answering.inbound_address(joined).rpartition("/")[2]
    for tenant, good in ((joined, True), (into, True), (stranger, False)):
        with conftest.acting_for(tenant):
            assert reports.is_ours(dossier, 1, report) is good
            assert answering.is_ours(inbound) is good
    link = links.sign(joined, "a/b", file_name="a", media_type="b", seconds=60)
    assert links.read(into, link.rpartition("/")[2])
    assert links.read(stranger, link.rpartition("/")[2]) is None
    # Whoever still has the key makes no new link with it.
    with clock.frozen(clock.now() + timedelta(days=3)):
        late = links.sign(joined, "a/b", file_name="a", media_type="b", seconds=60)
        assert links.read(into, late.rpartition("/")[2]) is None
        assert links.read(joined, late.rpartition("/")[2])


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Cổng Dịch vụ công tỉnh Phú Yên", "tỉnh Phú Yên"),
        ("Dịch vụ công thành phố Đà Nẵng", "thành phố Đà Nẵng"),
        ("Một cửa xã Ea Kar tỉnh Đắk Lắk", "xã Ea Kar tỉnh Đắk Lắk"),
        ("Một cửa điện tử", "Một cửa điện tử"),
    ],
)
def test_the_place_is_what_the_sites_name_ends_with(name, place):
    assert place_of(name) == place


# --- The registry -----------------------------------------------------------------------------


async def state() -> list[list[tuple[object, ...]]]:
    """All that the verbs may touch, but for the note that they were."""
    return [
        [tuple(row) for row in await db.control.fetch(f"select * from {table} order by 1, 2")]
        for table in ("tenant", "tenant_domain", "issuer")
    ]


async def trust(tenant: Tenant, issuer: str, label: str) -> UUID:
    return await issuers.trust(
        tenant.id, "staff", issuer, label=label, client_id=f"c-{tenant.slug}", client_secret=label
    )


@pytest.mark.usefixtures("house")
async def test_who_joins_is_answered_for_and_giving_back_leaves_everything_as_it_was(
    make_tenant: MakeTenant,
):
    first, second, third = [await make_tenant() for _ in range(3)]
    await provision.add_host(second.slug, "dvc.phuyen.test")
    await trust(first, "https://a.test", "chung")
    await trust(second, "https://a.test", "chung")
    await trust(second, "https://b.test", "riêng")
    before, pair = await state(), {"joined": second.id, "into": first.id, "at": DAY}
    for _ in range(2):
        await take_over(**pair)
    for joined, target in ((second, third), (third, second), (third, third)):
        with pytest.raises(AddressError):
            await take_over(joined=joined.id, into=target.id, at=DAY)
    await is_answered_for(first, second)
    # Nobody else gets what people still hold, not even when the registry row is gone.
    with pytest.raises(ProvisionError):
        await provision.add_host(third.slug, second.host)
    await leads_on(first, second, third)
    with pytest.raises(AddressError):
        await give_back(joined=second.id, into=third.id, at=DAY)
    for _ in range(2):
        await give_back(joined=second.id, into=first.id, at=DAY)
    await stands_as_before(second, before)
    # With the tenant that took over goes what led to it.
    await take_over(**pair)
    await provision.drop(first)
    back = await registry.by_host(second.host)
    assert back is not None and back.id == second.id


async def is_answered_for(first: Tenant, second: Tenant) -> None:
    into = await registry.by_host("DVC.phuyen.test")
    assert into is not None and into.id == first.id and into.host == first.host
    assert (await registry.answering(second.slug)) == into
    assert second.slug not in {tenant.slug for tenant in await registry.active()}
    # The same issuer once, by the way of who stays; the other by the address it knows.
    told = [(i.label, i.client_id, i.client_secret, i.callback_host)
            for i in await issuers.trusted(first.id, "staff")]  # fmt: skip
    assert told == [("chung", f"c-{first.slug}", "chung", None),
                    ("riêng", f"c-{second.slug}", "riêng", second.host)]  # fmt: skip


async def leads_on(first: Tenant, second: Tenant, third: Tenant) -> None:
    """Whom it joined joins another one in turn, and the master key is changed meanwhile."""
    await take_over(joined=first.id, into=third.id, at=DAY + timedelta(days=1))
    await rotation.reseal()
    last = await registry.by_host(second.host)
    assert last is not None and last.id == third.id
    assert {f.slug: f.key for f in last.former} == {t.slug: t.secrets.key for t in (first, second)}
    assert [step.into for step in await addresses.led(second.id)] == [first.id, third.id]
    assert {i.callback_host for i in await issuers.trusted(third.id, "staff")} == {
        first.host, second.host,
    }  # fmt: skip
    await give_back(joined=first.id, into=third.id, at=DAY)


async def stands_as_before(second: Tenant, before: list[list[tuple[object, ...]]]) -> None:
    # A sealed secret is another text every time it is sealed.
    after = await state()
    assert after[1] == before[1]
    assert [row[:3] for row in after[2]] == [row[:3] for row in before[2]]
    back = await registry.by_host("dvc.phuyen.test")
    assert back is not None and back.id == second.id
    assert back.secrets == second.secrets and back.closed_at is not None
    kept = await db.control.fetch("select sealed from takeover where joined_id = $1", second.id)
    assert [row["sealed"] for row in kept] == [None]


# --- The doors --------------------------------------------------------------------------------


class Held(msgspec.Struct, kw_only=True):
    """What somebody has of the tenant that is to join: all of it from before."""

    code: str
    rating: str
    link: str
    inbound: str


async def _held(tenant: Tenant, file: Path) -> Held:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    async with work():
        dossier = await dossiers.intake(lan, on_paper())
    await walked(lan, hoa, minh, dossier.code)
    async with work():
        done = await dossiers.deliver(lan, dossier.code, None, "counter")
    await store_of(tenant).put("2025/06/ket-qua", file, "application/pdf")
    link = links.sign(
        tenant, "2025/06/ket-qua", file_name="kq.pdf", media_type="application/pdf", seconds=60
    )
    inbound = urlsplit(answering.inbound_address(tenant)).path
    return Held(code=dossier.code, rating=rating_path(done.id), link=link, inbound=inbound)


_TABLES = """
select c.table_name as name, string_agg(c.column_name, ', ') as columns
from information_schema.columns c join information_schema.tables t using (table_name)
where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
  and (c.table_name = 'dossier' or exists (select from information_schema.columns d
       where d.table_name = c.table_name and d.column_name = 'dossier_id'))
group by 1
"""


async def _move(source: Tenant, target: Tenant, file: Path) -> None:
    """The dossiers of one tenant to another of the same pattern, as they are; and the file."""
    async with (
        owner(source.cluster, source.database) as there,
        owner(target.cluster, target.database) as here,
    ):
        await here.execute("set session_replication_role = replica")
        for name, columns in await there.fetch(_TABLES):
            rows = await there.fetchval(f"select jsonb_agg(to_jsonb(t)) from {name} t")
            await here.execute(
                f"insert into {name} ({columns}) overriding system value select {columns}"
                f" from jsonb_populate_recordset(null::{name}, $1)",
                rows or "[]",
            )
    await store_of(target).put("2025/06/ket-qua", file, "application/pdf")


async def test_codes_links_and_callbacks_of_before_are_answered_at_both_addresses(
    province: Tenant, neighbour: Tenant, make_tenant: MakeTenant, browse: Browse, tmp_path: Path
) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"%PDF-1.7 thu")
    joined = await make_tenant(site=_SITE, source=conftest._loaded["binhdinh"])
    held = await cast.at(joined, _held(joined, file))
    officer = await browse(joined, await cast.at(joined, cast.officer(cast.LAN)))
    assert (await officer.get("/can-bo")).status_code == 200
    await _move(joined, province, file)
    await take_over(joined=joined.id, into=province.id, at=DAY)
    old, new, away = [await browse(each) for each in (joined, province, neighbour)]
    new_origin = settings().origin(province.host)

    for browser, told in ((old, True), (new, False)):
        page = await answers(browser, held, b"%PDF-1.7 thu")
        said = "Tỉnh Phú Yên đã hợp nhất vào tỉnh Bình Định từ ngày 01/07/2025" in page
        assert said is told and (f'href="{new_origin}"' in page) is told
    await a_code_two_have_is_of_whom_it_was(old, new, held, joined)
    for path in (f"/tra-cuu/{held.code}", held.link, held.rating, held.inbound):
        assert (await away.get(path)).status_code == 404, path
    await nobody_signs_in_at_the_old_address(old, new, officer, held, new_origin)

    await give_back(joined=joined.id, into=province.id, at=clock.now())
    assert (await officer.get("/can-bo")).status_code == 303, "the session is over"
    assert (await old.get(held.rating)).status_code == 200
    assert "hợp nhất" not in (await old.get(f"/tra-cuu/{held.code}")).text
    for path in (held.link, held.rating, held.inbound):
        assert (await new.get(path)).status_code == 404, path


async def answers(browser: Browser, held: Held, content: bytes) -> str:
    found = await browser.get("/tra-cuu", params={"ma": held.code})
    assert (found.status_code, found.headers["location"]) == (303, f"/tra-cuu/{held.code}")
    page = await browser.get(f"/tra-cuu/{held.code}")
    assert page.status_code == 200 and held.code in page.text
    assert (await browser.get(held.link)).content == content
    assert (await browser.get(held.rating)).status_code == 200
    sent = await browser.post(f"/tra-cuu/{held.code}", data={"so_cuoi": "0302"})
    assert sent.status_code == 200
    assert (await browser.get(held.inbound, params={"from": "0905000301"})).status_code == 204
    return page.text


async def a_code_two_have_is_of_whom_it_was(
    old: Browser, new: Browser, held: Held, joined: Tenant
) -> None:
    both = codes.beside(held.code, joined.slug)
    assert codes.is_code(both)
    rename = "update dossier set code = $2 where code = $1"
    await db.tenant.execute(rename, held.code, both)
    found = await old.get("/tra-cuu", params={"ma": held.code})
    assert found.headers["location"] == f"/tra-cuu/{both}"
    assert (await old.get(f"/tra-cuu/{held.code}")).headers["location"] == f"/tra-cuu/{both}"
    assert (await new.get(f"/tra-cuu/{held.code}")).status_code == 404
    # A page that was open in a browser before.
    sent = await old.post(f"/tra-cuu/{held.code}", data={"so_cuoi": "0302"})
    assert sent.status_code == 200 and both in sent.text
    await db.tenant.execute(rename, both, held.code)


async def nobody_signs_in_at_the_old_address(
    old: Browser, new: Browser, officer: Browser, held: Held, new_origin: str
) -> None:
    # An officer's bookmark opens at the new one.
    for path in ("/can-bo/ho-so/H00?xem=a%2Fb&y=1", "/dang-nhap?ve=/ho-so-cua-toi", "/quan-tri",
                 "/can-bo//la.test/"):  # fmt: skip
        answer = await old.get(path)
        assert (answer.status_code, answer.headers["location"]) == (308, new_origin + path)
        assert answer.headers["cache-control"] == "no-store"
    assert (await old.get("/ho-so-cua-toi")).headers["location"].startswith("/dang-nhap?ve=")
    assert (await officer.get("/can-bo/hop-viec")).status_code == 308
    part = await officer.get("/can-bo", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/can-bo/dang-nhap")
    assert (await officer.post("/can-bo/tiep-nhan", data={})).status_code == 401
    foreign = {"Origin": new_origin}
    assert (await old.post(f"/tra-cuu/{held.code}", headers=foreign)).status_code == 403
    assert "tỉnh Phú Yên" in (await new.get("/can-bo/dang-nhap")).text
