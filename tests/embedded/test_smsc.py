"""The SMS gateway stand-in behaves like a gateway, also when it misbehaves."""

import httpx
import pytest

from infra.embedded.smsc import Smsc
from infra.http import visitor

TEXT = "UBND phường Quy Nhơn: hồ sơ của ông/bà đã được tiếp nhận."


def wish(reference="r1", **changes):
    return {
        "reference": reference,
        "to": "84900000001",
        "text": TEXT,
        "brand": "BINHDINH",
        "unicode": True,
        **changes,
    }


async def post(server, path, content, **options):
    async with visitor(**options) as http:
        return await http.post(f"{server.url}{path}", json=content)


async def messages(server, **query):
    async with visitor() as http:
        return (await http.get(f"{server.url}/messages", params=query)).json()["messages"]


async def test_a_message_is_sent_and_can_be_looked_up(smsc):
    answer = (await post(smsc, "/send", wish())).json()
    assert answer["segments"] == 1
    [found] = await messages(smsc, reference="r1")
    assert found["provider_id"] == answer["provider_id"]
    assert (found["text"], found["encoding"]) == (TEXT, "ucs2")
    assert await messages(smsc, reference="another") == []


async def test_what_was_sent_is_kept_for_its_owner_alone(smsc):
    await post(smsc, "/send", wish())
    kept = [path for path in smsc.directory.iterdir() if path.name != "process"]
    assert {path.name for path in kept} >= {"messages.jsonl", "sms.log", "lock"}
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


async def test_the_same_reference_is_sent_once(smsc):
    first = (await post(smsc, "/send", wish())).json()
    again = (await post(smsc, "/send", wish(text="khác"))).json()
    assert again == first
    assert len(await messages(smsc)) == 1


async def test_without_unicode_the_marks_are_lost(smsc):
    await post(smsc, "/send", wish(text="Hồ sơ đủ", unicode=False))
    [found] = await messages(smsc)
    assert (found["text"], found["encoding"]) == ("H? s? ??", "gsm7")


async def test_a_wish_with_a_field_missing_is_refused(smsc):
    incomplete = wish()
    del incomplete["to"]
    assert (await post(smsc, "/send", incomplete)).status_code == 400
    assert (await post(smsc, "/faults", {"next": 1, "kind": "fire"})).status_code == 400
    assert await messages(smsc) == []


async def test_an_error_and_a_refusal_send_nothing_and_are_used_up(smsc):
    await post(smsc, "/faults", {"next": 1, "kind": "error"})
    assert (await post(smsc, "/send", wish())).status_code == 500
    await post(smsc, "/faults", {"next": 1, "kind": "reject"})
    assert (await post(smsc, "/send", wish())).status_code == 422
    assert await messages(smsc) == []
    assert (await post(smsc, "/send", wish())).status_code == 200


async def test_a_dropped_answer_still_sent_the_message_once(smsc):
    await post(smsc, "/faults", {"next": 1, "kind": "accept_then_drop"})
    with pytest.raises(httpx.RemoteProtocolError):
        await post(smsc, "/send", wish())
    [sent] = await messages(smsc, reference="r1")
    again = (await post(smsc, "/send", wish())).json()
    assert again["provider_id"] == sent["provider_id"]
    assert len(await messages(smsc)) == 1


async def test_a_gateway_that_hangs_sends_nothing(smsc):
    await post(smsc, "/faults", {"next": 1, "kind": "timeout"})
    with pytest.raises(httpx.ReadTimeout):
        await post(smsc, "/send", wish(), timeout=0.3)
    assert await messages(smsc) == []


async def test_the_phone_screen_shows_the_newest_first_and_escapes_the_text(smsc):
    await post(smsc, "/send", wish("r1", text="tin thứ nhất"))
    await post(smsc, "/send", wish("r2", text="<b>tin thứ hai</b>", to="84900000002"))
    async with visitor() as http:
        page = (await http.get(smsc.url)).text
        filtered = (await http.get(smsc.url, params={"to": "0001"})).text
    assert "&lt;b&gt;tin thứ hai" in page
    assert page.index("tin thứ hai") < page.index("tin thứ nhất")
    assert "tin thứ nhất" in filtered and "tin thứ hai" not in filtered


async def test_messages_outlive_the_gateway_even_when_its_file_was_cut(tmp_path, free_port):
    directory = tmp_path / "sms"
    with Smsc(directory, free_port()) as server:
        first = (await post(server, "/send", wish())).json()
    with (directory / "messages.jsonl").open("ab") as file:
        file.write(b'\n{"provider_id": "SM')
    with Smsc(directory, free_port()) as server:
        assert (await post(server, "/send", wish())).json() == first
        await post(server, "/send", wish("r2"))
    with Smsc(directory, free_port()) as server:
        assert len(await messages(server)) == 2


async def test_names_under_localhost_reach_this_machine(smsc):
    async with visitor() as http:
        answer = await http.get(f"http://dien-thoai.localhost:{smsc.port}/messages")
    assert answer.status_code == 200
    assert answer.url.host == "dien-thoai.localhost"
