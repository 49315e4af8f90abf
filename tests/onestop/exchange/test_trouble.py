"""Messages that come twice, late, broken, from strangers or not at all: nothing is done twice,
nothing is lost, and what is stuck is seen."""

import asyncio
import hashlib
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from app.onestop.exchange import outbox, partners, queries, sending, service, wire
from app.onestop.exchange.refusals import NothingStuck
from app.onestop.exchange.shapes import File, Message, Paper, Withdrawal
from app.refusals import NotFound
from infra import http
from infra.clock import frozen, now
from tenants import db
from tenants.current import current
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.linked import holder
from tests.onestop.dossiers.story import agency
from tests.onestop.exchange.systems import exchanged, messages, sent
from tests.storage.samples import pdf

HOME = "ubnd-phuong-quy-nhon"


async def body() -> bytes:
    """The one message that waits to be sent, as it goes out."""
    text = await db.tenant.fetch_value("select body::text from outgoing where state = 'pending'")
    return msgspec.json.encode(msgspec.json.decode(text, type=Message))


async def put(theirs: Tenant, path: str, raw: bytes, **changes: Any) -> httpx.Response:
    """Bring bytes to the other system as our own would, with changes of the token."""
    to = changes.get("to", wire.address_of(theirs))
    digest = changes.get("digest", hashlib.sha256(raw).hexdigest())
    signer = changes.get("of", current()).signers[0]
    token = wire.signed(signer, to, digest, changes.get("at", now()))
    async with http.client() as line:
        return await line.put(
            wire.address_of(theirs) + sending.PATH + path, content=raw,
            headers={"Authorization": f"Bearer {token}"}, params={"name": "to-khai.pdf"},
        )  # fmt: skip


def path_of(raw: bytes) -> str:
    return "/" + msgspec.json.decode(raw)["id"]


async def dossiers(theirs: Tenant) -> int:
    count = db.tenant.fetch_value("select count(*) from dossier where channel = 'linked'")
    return int(await cast.at(theirs, count))


async def test_a_message_that_comes_twice_is_done_once(province: Tenant, theirs: Tenant) -> None:
    await sent()
    raw = await body()
    first = await put(theirs, path_of(raw), raw)
    again = await put(theirs, path_of(raw), raw)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    # The sender was killed before it wrote the receipt down: it sends once more.
    await exchanged()
    assert await messages() == [("request", "taken")]
    assert await dossiers(theirs) == 1
    other = msgspec.json.encode({**msgspec.json.decode(raw), "sent_at": now()})
    refused = await put(theirs, path_of(raw), other)
    assert (refused.status_code, refused.json()["code"]) == (409, "message_differs")


async def test_a_second_request_of_the_same_work_is_refused(
    province: Tenant, theirs: Tenant
) -> None:
    await sent()
    raw = await body()
    assert (await put(theirs, path_of(raw), raw)).status_code == 200
    other = msgspec.json.encode({**msgspec.json.decode(raw), "id": uuid4()})
    assert (await put(theirs, path_of(other), other)).status_code == 409
    assert await dossiers(theirs) == 1


async def test_a_withdrawal_in_the_very_moment_of_its_request_is_not_lost(
    province: Tenant, theirs: Tenant
) -> None:
    await sent()
    request = await body()
    message = msgspec.json.decode(request, type=Message)
    for n in range(4):
        work_id, ids = uuid4(), (uuid4(), uuid4())
        asked = msgspec.structs.replace(message, id=ids[0], work_id=work_id)
        taken_back = msgspec.structs.replace(
            message, id=ids[1], work_id=work_id, content=Withdrawal(reason=f"Thôi {n}")
        )
        both = [msgspec.json.encode(one) for one in (asked, taken_back)]
        await asyncio.gather(*(put(theirs, path_of(raw), raw) for raw in both))
    # Before it or after it: withdrawn, or never a dossier at all.
    left = db.tenant.fetch_value(
        "select count(*) from dossier where channel = 'linked' and status <> 7"
    )
    assert await cast.at(theirs, left) == 0


@pytest.mark.asvs("13.2.1")
async def test_strangers_are_told_nothing(province: Tenant, theirs: Tenant, make_tenant) -> None:
    await sent()
    raw, stranger = await body(), await make_tenant()
    known = await partners.partner_named("laocai")
    for changes in (
        {"of": stranger}, {"to": wire.address_of(stranger)}, {"digest": "ab" * 32},
    ):  # fmt: skip
        assert (await put(theirs, path_of(raw), raw, **changes)).status_code == 401, changes
    await cast.at(theirs, _stop("binhdinh"))
    assert (await put(theirs, path_of(raw), raw)).status_code == 401
    # To a tenant that has no partner at all ours is a stranger too.
    to = wire.address_of(stranger)
    assert (await put(stranger, path_of(raw), raw, to=to)).status_code == 401
    assert await dossiers(theirs) == 0
    assert known.active


async def _stop(slug: str) -> None:
    await db.tenant.execute("update partner set active = false where slug = $1", slug)


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{", b'{"id": 1}', b"\xff\xfe", b'{"content": {"kind": "greeting"}}'],
)
async def test_what_is_no_message_is_refused(province: Tenant, theirs: Tenant, raw: bytes) -> None:
    answer = await put(theirs, f"/{uuid4()}", raw)
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable")


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z", "2026-12-01T10:00"]
)
async def test_a_moment_no_page_could_show_is_refused(
    province: Tenant, theirs: Tenant, at: str
) -> None:
    await sent()
    message = msgspec.json.decode(await body())
    message["content"]["wanted_by"] = at
    raw = msgspec.json.encode(message)
    assert (await put(theirs, path_of(raw), raw)).json()["code"] == "unreadable"


@pytest.mark.asvs("15.3.3")
async def test_what_it_says_beside_the_interface_is_passed_over(
    province: Tenant, theirs: Tenant
) -> None:
    await sent()
    said = (await body())[:-1]
    deep = said + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert (await put(theirs, path_of(await body()), deep)).json()["code"] == "unreadable"
    # A number no database holds.
    more = said + b', "x": 1e999999}'
    assert (await put(theirs, path_of(await body()), more)).status_code == 200


async def test_a_file_is_named_by_its_digest_alone(province: Tenant, theirs: Tenant) -> None:
    for name in ("zz" * 32, "AB" * 32, "ab"):
        answer = await put(theirs, f"/{uuid4()}/files/{name}", b"x", digest=name)
        assert answer.status_code == 422, name


async def test_files_come_first_and_whole(province: Tenant, theirs: Tenant) -> None:
    await sent()
    message = msgspec.json.decode(await body(), type=Message)
    content, digest = pdf(), hashlib.sha256(pdf()).hexdigest()
    paper = Paper(
        slot="to-khai", name="Tờ khai", form="electronic",
        file=File(name="to-khai.pdf", sha256=digest, size=len(content)),
    )  # fmt: skip
    request = msgspec.structs.replace(message.content, papers=(paper,))
    raw = msgspec.json.encode(msgspec.structs.replace(message, content=request))
    early = await put(theirs, path_of(raw), raw)
    assert (early.status_code, early.json()["code"]) == (428, "files_missing")
    cut = await put(theirs, f"{path_of(raw)}/files/{digest}", content[:-9], digest=digest)
    assert (cut.status_code, cut.json()["code"]) == (422, "file_differs")
    for _ in range(2):
        whole = await put(theirs, f"{path_of(raw)}/files/{digest}", content)
        assert whole.status_code == 204
    assert (await put(theirs, path_of(raw), raw)).status_code == 200
    kept = db.tenant.fetch_row(
        "select p.file_name, o.sha256 from paper p join stored_object o on o.id = p.object_id"
    )
    assert tuple(await cast.at(theirs, kept)) == ("to-khai.pdf", bytes.fromhex(digest))


async def test_a_file_no_system_takes_is_refused_with_its_sentence(
    province: Tenant, theirs: Tenant
) -> None:
    raw = b"MZ a program"
    digest = hashlib.sha256(raw).hexdigest()
    answer = await put(theirs, f"/{uuid4()}/files/{digest}", raw)
    assert answer.status_code == 422
    assert "tệp" in answer.json()["detail"].lower()


async def test_a_refused_message_waits_for_a_person_and_holds_up_only_its_own_work(
    province: Tenant, theirs: Tenant
) -> None:
    await cast.at(theirs, _procedure("8.far"))
    poisoned = await sent()
    await exchanged()
    assert await messages() == [("request", "refused")]
    officer = await holder(agency_id=await agency(HOME))
    (stuck,) = await queries.stuck(officer)
    assert (stuck.code, "9.far" in (stuck.error or "")) == (poisoned.code, True)
    other = await sent_again_by("unrelated")
    await exchanged()
    assert (await messages())[1][1] == "taken"
    await cast.at(theirs, _procedure("9.far"))
    async with work():
        await service.try_again(officer, stuck.id)
    await exchanged()
    assert {state for _, state in await messages()} == {"taken"}
    assert other != poisoned.id
    async with work():
        with pytest.raises(NothingStuck):
            await service.try_again(officer, stuck.id)


async def _procedure(code: str) -> None:
    """Call the procedure of the other province by another code."""
    await db.tenant.execute("update procedure set code = $1 where code like '_.far'", code)


async def sent_again_by(name: str) -> UUID:
    """A message of another work that nothing keeps from going: taking back what never came."""
    partner = await partners.partner_named("laocai")
    dossier_id = await db.tenant.fetch_value("select id from dossier limit 1")
    async with work():
        return await outbox.put(partner.id, uuid4(), dossier_id, Withdrawal(reason=name))


async def test_a_system_that_does_not_answer_is_tried_later_and_then_shown(
    province: Tenant, theirs: Tenant
) -> None:
    await db.tenant.execute("update partner set address = 'http://khong-co.localhost:1'")
    dossier, at = await sent(), now()
    officer = await holder(agency_id=await agency(HOME))
    for attempt in range(1, 12):
        with frozen(at):
            await exchanged()
            row = await db.tenant.fetch_row("select * from outgoing")
        assert row["attempts"] == attempt
        at = row["next_at"]
    assert (row["state"], row["claimed_until"]) == ("stuck", None)
    assert [one.code for one in await queries.stuck(officer)] == [dossier.code]
    await db.tenant.execute("update partner set address = $1", wire.address_of(theirs))
    async with work():
        await service.try_again(officer, row["id"])
    await exchanged()
    assert await messages() == [("request", "taken")]


async def test_nobody_of_another_agency_touches_a_stuck_message(
    province: Tenant, theirs: Tenant
) -> None:
    await sent()
    await db.tenant.execute("update outgoing set state = 'refused'")
    message_id = await db.tenant.fetch_value("select id from outgoing")
    strangers = await holder(agency_id=await agency("so-y-te"))
    assert await queries.stuck(strangers) == []
    for verb in (service.try_again, service.drop):
        async with work():
            with pytest.raises(NotFound):
                await verb(strangers, message_id)
