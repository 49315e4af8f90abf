"""The command line as an operator uses it, in a process of its own."""

import os

import pytest

from app.cli.main import _is_unread
from infra.dsn import Address
from infra.settings import settings
from tenants import registry
from tests.cli.running import run, run_anew
from tests.leaving.conftest import dropped


@pytest.mark.usefixtures("house")
async def test_a_tenants_life_from_the_command_line(tmp_path):
    status, printed = await run(
        "tenant", "create", "dong-thap", "Cổng Đồng Tháp", "--host", "dt.test"
    )
    assert (status, "active" in printed) == (0, True), printed
    assert "dong-thap" in (await run("tenant", "list"))[1]
    assert (await run("tenant", "add-host", "dong-thap", "motcua.dt.test"))[0] == 0
    status, printed = await run(
        "tenant", "suspend", "dong-thap", "bảo trì", "--until", "2026-12-31"
    )
    assert status == 0, printed
    assert "suspended" in (await run("tenant", "list"))[1]
    assert (await run("tenant", "resume", "dong-thap"))[0] == 0
    status, printed = await run("tenant", "migrate", "dong-thap")
    assert status == 0, printed
    secret = tmp_path / "secret"
    secret.write_text("hush")
    trusted = await run(
        *("issuer", "trust", "staff", "https://id.test", "Cán bộ", "motcua", str(secret)),
        *("--slug", "dong-thap"),
    )
    assert trusted[0] == 0, trusted[1]
    chosen = tmp_path / "provider.json"
    chosen.write_text('{"driver": "esms", "url": "https://sms.test", "password": "kin"}')
    status, printed = await run("provider", "choose", "dong-thap", "esms", str(chosen))
    assert status == 0, printed
    status, printed = await run("provider", "list", "dong-thap")
    assert (status, "esms" in printed, "kin" in printed) == (0, True, False), printed
    status, printed = await run("tenant", "drop", "dong-thap", answer="dong-thut\n")
    assert status == 1 and "does not match" in printed
    status, printed = await run("tenant", "drop", "dong-thap")
    assert status == 1 and "does not match" in printed and "Traceback" not in printed
    status, printed = await run("tenant", "drop", "dong-thap", answer="dong-thap\n")
    assert status == 0, printed
    await registry.reload()
    assert await registry.by_slug("dong-thap") is None


@pytest.mark.usefixtures("house")
async def test_a_province_under_contract_is_not_dropped():
    status, printed = await run("province", "load", "laocai")
    assert status == 0, printed
    status, printed = await run("tenant", "drop", "laocai", "--confirm", "laocai")
    assert status == 1 and "contract" in printed
    for _ in range(2):  # The second time lets in again who was shut out for long.
        status, printed = await run("officer", "admit", "laocai", "moi.nguyen", "Nguyễn Thị Mới")
        assert status == 0 and "Ủy ban nhân dân tỉnh Lào Cai" in printed, printed
    status, printed = await run("officer", "admit", "laocai", "x.y", "X Y", "--agency", "nowhere")
    assert status == 1 and "no administrator's post" in printed
    await registry.reload()
    assert (await registry.by_slug("laocai")).status == "active"
    await dropped(["laocai"])  # Else pages of later tests would show it.


@pytest.mark.parametrize(
    "words",
    [
        ("tenant", "suspend", "nobody", "x"),
        ("tenant", "drop", "nobody", "--confirm", "nobody"),
        ("tenant", "create", "Bad Name", "x"),
        ("tenant", "create", "x-y", "x", "--cluster", "nowhere"),
        ("tenant", "create", "x-y", "x", "--colour", "red"),
        ("tenant", "create", "x-y", "x", "--host", "https://x.test/"),
        ("tenant", "create", "ops", "x"),
        ("contract", "load", "/nowhere.json"),
        ("province", "load", "hue"),
        ("province", "load", "hue", "--file", "app/provinces/binh_dinh.json"),
        ("officer", "admit", "nobody", "x.y", "X Y"),
        ("issuer", "trust", "staff", "https://x", "x", "x", "/nowhere"),
    ],
)
@pytest.mark.usefixtures("house")
async def test_what_cannot_be_done_is_one_sentence_and_no_traceback(words):
    status, printed = await run(*words)
    assert status != 0 and printed.strip()
    assert "Traceback" not in printed


@pytest.mark.usefixtures("house")
async def test_no_password_is_ever_printed():
    _, printed = await run_anew("tenant", "list")
    assert Address.parse(settings().control_dsn).password not in printed


def test_a_reader_who_went_away_is_told_from_a_connection_that_broke(monkeypatch):
    reading, writing = os.pipe()
    with os.fdopen(reading) as reader, os.fdopen(writing, "w") as printed:
        monkeypatch.setattr("sys.stdout", printed)
        assert not _is_unread()
        reader.close()
        assert _is_unread()
