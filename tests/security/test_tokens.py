"""What cannot be guessed, and signed addresses that fit one tenant and one thing."""

from datetime import timedelta
from uuid import uuid4

import pytest

from app.doors.session_store import new_token
from app.doors.signin.provider import Metadata
from app.doors.signin.tokens import LOGOUT_EVENT, wrong_in_logout_token
from app.onestop.notices import answering, reports
from infra import clock
from infra.clock import now
from infra.ids import uuid7
from storage import links, staging
from tenants.current import acting_for
from tenants.shapes import Secrets, Site, Tenant
from tests.doors.browsing import MONDAY

SITE = Site(name="Thử", office="Thử", hotline="0", colour="#0b6e4f")
pytestmark = pytest.mark.usefixtures("servers")


def _tenant(slug: str, key: bytes) -> Tenant:
    return Tenant(
        id=uuid4(), slug=slug, status="active", cluster="main", database="d", role="r",
        bucket="b", secrets=Secrets(password="p", key=key), site=SITE, host=f"{slug}.localhost",
        schema_version=1, created_at=now(),
    )  # fmt: skip


OURS, THEIRS = _tenant("ours", b"1" * 32), _tenant("theirs", b"2" * 32)


def test_tokens_and_ids_have_too_much_chance_in_them_to_be_guessed():
    tokens = {new_token() for _ in range(2000)}
    assert len(tokens) == 2000 and {len(each) for each in tokens} == {43}
    ids = [uuid7().hex for _ in range(2000)]
    # Behind the moment: every letter of token and id takes every value it can.
    assert all(len({each[place] for each in ids}) == 16 for place in range(17, 32))
    assert all(len({each[place] for each in tokens}) == 64 for place in range(42))


def test_a_link_gives_one_object_of_one_tenant_for_a_minute():
    with clock.frozen(MONDAY):
        path = links.sign(OURS, "2026/11/x", file_name="a", media_type="b", seconds=60)
    token = path.rpartition("/")[2]
    with clock.frozen(MONDAY + timedelta(seconds=60)):
        grant = links.read(OURS, token)
        assert grant is not None and grant.key == "2026/11/x"
        assert links.read(THEIRS, token) is None
        for place in (0, len(token) // 2, len(token) - 2):
            other = "A" if token[place] != "A" else "B"
            assert links.read(OURS, token[:place] + other + token[place + 1 :]) is None
    with clock.frozen(MONDAY + timedelta(seconds=61)):
        assert links.read(OURS, token) is None


def test_the_address_of_a_report_fits_one_attempt_of_one_tenant():
    notice = uuid7()
    token = reports.report_address(OURS, notice, 1).rpartition("/")[2]
    with acting_for(OURS):
        assert reports.is_ours(notice, 1, token)
        assert not reports.is_ours(notice, 2, token)
        assert not reports.is_ours(uuid7(), 1, token)
        assert not reports.is_ours(notice, 1, ("A" if token[0] != "A" else "B") + token[1:])
    with acting_for(THEIRS):
        assert not reports.is_ours(notice, 1, token)


def test_the_address_for_inbound_messages_is_one_tenants():
    token = answering.inbound_address(OURS).rpartition("/")[2]
    with acting_for(OURS):
        other = ("A" if token[0] != "A" else "B") + token[1:]
        assert answering.is_ours(token) and not answering.is_ours(other)
    with acting_for(THEIRS):
        assert not answering.is_ours(token)


def test_uploads_of_two_tenants_wait_in_two_folders():
    with acting_for(OURS):
        ours = staging.folder()
    with acting_for(THEIRS):
        theirs = staging.folder()
    assert ours != theirs and ours not in theirs.parents and theirs not in ours.parents


def test_a_logout_token_is_no_id_token_made_to_look_like_one():
    at = int(MONDAY.timestamp())
    said = {"iss": "https://i", "aud": "c", "iat": at, "exp": at + 60, "jti": "1", "sub": "hung"}
    about = {"issuer": "https://i", "client_id": "c", "at": MONDAY}
    good = {**said, "events": {LOGOUT_EVENT: {}}}
    assert wrong_in_logout_token(good, {}, **about) is None
    assert wrong_in_logout_token({**good, "nonce": "n"}, {}, **about) == "nonce"
    assert wrong_in_logout_token({**good, "jti": ""}, {}, **about) == "jti"
    assert wrong_in_logout_token(good, {"typ": "at+jwt"}, **about) == "typ"


def test_of_what_an_issuer_offers_only_signatures_of_its_own_key_are_believed():
    offered = ("none", "HS256", "RS256", "HS512", "ES256")
    described = Metadata(
        issuer="i", authorization_endpoint="a", token_endpoint="t", jwks_uri="k",
        id_token_signing_alg_values_supported=offered,
    )  # fmt: skip
    assert described.algorithms == ["RS256", "ES256"]
