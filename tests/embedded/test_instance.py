"""A whole throw-away installation: every door answers, everybody can sign in, nothing is left."""

import subprocess
from contextlib import ExitStack

import pytest

from app.instance import throw_away
from app.up import guide
from app.visitor import enter
from infra.embedded.process import identity
from infra.http import visitor


@pytest.fixture(scope="module")
def stack():
    """Ends the installation, at the latest after the last test."""
    with ExitStack() as held:
        yield held


@pytest.fixture(scope="module")
def instance(stack):
    return stack.enter_context(throw_away(s3=True))


async def test_every_site_answers_at_its_own_name(instance):
    async with visitor() as http:
        for slug, text in (("binhdinh", "Bình Định"), ("laocai", "Lào Cai")):
            page = await http.get(instance.origin(slug))
            assert page.status_code == 200
            assert text in page.text
        assert (await http.get(instance.origin("hanoi"))).status_code == 404
        assert (await http.get(instance.phone)).status_code == 200


@pytest.mark.parametrize(
    ("slug", "audience", "username"),
    [
        ("binhdinh", "citizen", "hung.tran"),
        ("binhdinh", "staff", "lan.nguyen"),
        ("laocai", "staff", "tuyet.ly"),
        ("ops", "vendor", "vanhanh"),
    ],
)
async def test_the_people_of_the_table_can_sign_in(instance, slug, audience, username):
    name = next(line.name for line in instance.accounts.logins if line.username == username)
    async with visitor() as http:
        page = await enter(http, instance, slug, audience, username)
    assert page.status_code == 200
    assert name in page.text


async def test_a_stranger_is_told_that_nobody_admitted_them(instance):
    async with visitor() as http:
        page = await enter(http, instance, "binhdinh", "staff", "khach.ngo")
    assert page.status_code == 403


def test_the_guide_tells_every_address_and_login(instance):
    text = guide(instance, 1.0)
    for slug in ("binhdinh", "laocai", "ops"):
        assert instance.origin(slug) in text
    assert instance.phone in text and instance.password in text
    assert all(login.username in text for login in instance.accounts.logins)


def test_the_command_beside_the_data_speaks_to_this_installation(instance):
    assert instance.command_line.stat().st_mode & 0o077 == 0, "it holds keys"
    said = subprocess.run(
        [instance.command_line, "tenant", "list"],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "binhdinh" in said.stdout and "laocai.localhost" in said.stdout
    assert str(instance.command_line) in guide(instance, 1.0)


def test_papers_live_in_the_embedded_object_store_and_nothing_is_left(instance, stack):
    assert instance.environment["MOTCUA_STORAGE_DRIVER"] == "s3"
    running = [identity(server.running.pid) for server in instance._supervisor._servers]
    assert len(running) == 7
    stack.close()
    assert [identity(int(name.split()[0])) for name in running] == [""] * 7
    assert not instance.data.exists()
