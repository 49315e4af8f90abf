"""The same doors with another provider: oidc-provider on Node, where it is installed."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from app.doors.signin import paths
from infra.embedded.idp import Issuer
from tenants import db
from tenants.current import acting_for
from tenants.shapes import Tenant
from tests.conftest import MakeTenant
from tests.doors.signin.conftest import (
    EAST,
    HUNG,
    LAN,
    WEST,
    Browser,
    MakeBrowser,
    Town,
    trust,
)
from tests.ports import free_ports

HERE = Path(__file__).parent
MODULES = HERE.parents[2] / ".data" / "peers" / "node_modules"
NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(
    NODE is None or not (MODULES / "oidc-provider").exists(),
    reason="oidc-provider on Node is not installed: run `infra/bootstrap.py --peers`",
)


def registration(town: Town, host: str, by_session: bool) -> dict[str, Any]:
    """What the provider is told about one site."""
    return {
        "client_id": f"client-{host}",
        "client_secret": f"secret-of-{host}",
        "token_endpoint_auth_method": "client_secret_basic",
        "backchannel_logout_session_required": by_session,
        **paths.addresses_to_register(town.origin(host)),
    }


@pytest.fixture(scope="module")
def second(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    """The provider; it names the session to the eastern site and the person to the western."""
    [port] = free_ports(1)
    issuer = Issuer(name="nha-thu-hai", host="nhathuhai.localhost", port=port)
    settings = {
        "issuer": issuer.url,
        "port": port,
        "clients": [registration(town, EAST, True), registration(town, WEST, False)],
        "people": {
            HUNG.username: {"name": "Trần Văn Hùng", "cccd": "052085000023"},
            LAN.username: {"name": "Nguyễn Thị Lan"},
        },
    }
    command = [str(NODE), str(HERE / "oidc_provider.mjs"), str(MODULES), json.dumps(settings)]
    log = tmp_path_factory.mktemp("second") / "log"
    with log.open("w") as errors:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert child.stdout is not None
    while "listening" not in (line := child.stdout.readline()):
        assert line, log.read_text()
    yield issuer
    child.terminate()
    child.wait()
    child.stdout.close()


@pytest.fixture
async def two(make_tenant: MakeTenant, second: Issuer) -> tuple[Tenant, Tenant]:
    """Both tenants, trusting the second provider for citizens."""
    east, west = await make_tenant("dong"), await make_tenant("tay")
    await trust(east.id, EAST, "citizen", second)
    await trust(west.id, WEST, "citizen", second)
    return east, west


async def leave_at_provider(person: Browser, second: Issuer, address: str = "") -> str:
    """Sign out on the provider's own page; where it sends the browser afterwards."""
    page = await person.http.get(address or f"{second.url}/session/end")
    action = re.findall(r'action="([^"]+)"', page.text)[0]
    secret = re.findall(r'name="xsrf" value="([^"]+)"', page.text)[0]
    done = await person.http.post(action, data={"xsrf": secret, "logout": "yes"})
    return str(done.headers["location"])


async def test_a_citizen_signs_in_with_claims_from_userinfo(
    two: tuple[Tenant, Tenant], browser: MakeBrowser
) -> None:
    hung = browser()
    assert (await hung.sign_in(HUNG)).status_code == 303
    assert (await hung.get("/")).json() == {"kind": "citizen", "name": "Trần Văn Hùng"}
    with acting_for(two[0]):
        assert await db.tenant.fetch_value("select id_number from citizen") == "052085000023"


async def test_signing_out_at_the_provider_ends_that_session_here(
    two: tuple[Tenant, Tenant], second: Issuer, browser: MakeBrowser
) -> None:
    phone, desktop, lan = browser(), browser(), browser()
    await phone.sign_in(HUNG)
    await desktop.sign_in(HUNG)
    await lan.sign_in(LAN)
    await leave_at_provider(phone, second)
    # The provider answers only after its back-channel calls are done.
    assert (await phone.get("/cua-toi")).status_code == 303
    assert (await desktop.get("/cua-toi")).status_code == 200
    assert (await lan.get("/cua-toi")).status_code == 200


async def test_a_provider_that_names_only_the_person_ends_all_their_sessions(
    two: tuple[Tenant, Tenant], second: Issuer, browser: MakeBrowser
) -> None:
    phone, desktop, lan = browser(WEST), browser(WEST), browser(WEST)
    await phone.sign_in(HUNG)
    await desktop.sign_in(HUNG)
    await lan.sign_in(LAN)
    await leave_at_provider(phone, second)
    assert (await phone.get("/cua-toi")).status_code == 303
    assert (await desktop.get("/cua-toi")).status_code == 303
    assert (await lan.get("/cua-toi")).status_code == 200


async def test_one_sign_out_reaches_every_site_of_that_browser(
    two: tuple[Tenant, Tenant], second: Issuer, browser: MakeBrowser
) -> None:
    here, there = browser(EAST), browser(WEST)
    await here.sign_in(HUNG)
    there.http.cookies = here.http.cookies
    await there.sign_in(HUNG)
    assert (await here.get("/cua-toi")).status_code == 200
    await leave_at_provider(here, second)
    assert (await here.get("/cua-toi")).status_code == 303
    assert (await there.get("/cua-toi")).status_code == 303


async def test_signing_out_here_signs_out_there_and_comes_back(
    two: tuple[Tenant, Tenant], second: Issuer, browser: MakeBrowser
) -> None:
    hung = browser()
    await hung.sign_in(HUNG)
    left = await hung.post("/dang-xuat")
    back = await leave_at_provider(hung, second, left.headers["location"])
    assert back == hung.at("/dang-xuat/xong")


async def test_who_aborts_there_is_told_how_to_go_on(
    two: tuple[Tenant, Tenant], second: Issuer, browser: MakeBrowser
) -> None:
    hung = browser()
    sent = await hung.http.get(await hung.begin())
    page = await hung.http.get(urljoin(second.url, sent.headers["location"]))
    abort = re.findall(r'href="([^"]+/abort)"', page.text)[0]
    step = await hung.http.get(abort)
    while not step.headers["location"].startswith(hung.home):
        step = await hung.http.get(step.headers["location"])
    answer = await hung.get(step.headers["location"])
    assert answer.status_code == 400 and "Đã dừng đăng nhập" in answer.text
