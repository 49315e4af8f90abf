"""When to try again, where messages may go, and whom to believe."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onestop.exchange import rules, wire
from app.onestop.exchange.rules import Verdict
from infra.ids import uuid7
from tenants.shapes import Secrets, Site, Tenant

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
DIGEST = "ab" * 32


@pytest.fixture(scope="module", autouse=True)
def _settings(servers: object) -> None:
    """The deployment's own address is part of what is signed."""


def tenant(slug: str) -> Tenant:
    secrets = Secrets(password="x", key=slug.encode().ljust(32, b"."))
    site = Site(name=slug, office=slug, hotline="0256 000 0000", colour="#0b6e4f")
    return Tenant(
        id=uuid7(), slug=slug, status="active", cluster="main", database=slug, role=slug,
        bucket=slug, secrets=secrets, site=site, host=f"{slug}.localhost", schema_version=1,
        created_at=NOW,
    )  # fmt: skip


OURS, THEIRS, STRANGER = tenant("ours"), tenant("theirs"), tenant("stranger")


def believed(
    token: str, *, by: Tenant = THEIRS, of: Tenant = OURS, digest: str = DIGEST, at: datetime = NOW
) -> bool:
    try:
        wire.check(
            token, issuer=wire.address_of(of), public_key=wire.public_key_of(of),
            audiences=wire.addresses_of(by), digest=digest, at=at,
        )  # fmt: skip
    except wire.NotProven:
        return False
    return True


def token(of: Tenant = OURS, to: Tenant = THEIRS) -> str:
    return wire.signed(of.signers[0], wire.address_of(to), DIGEST, NOW)


@pytest.mark.parametrize("payload", [b"[" * 40_000, b'{"iss": "a\\u0000b"}', b'{"iss": ["a"]}'])
def test_a_token_made_to_break_us_proves_nothing(payload: bytes) -> None:
    made = base64.urlsafe_b64encode(payload).decode()
    with pytest.raises(wire.NotProven):
        wire.sender_said(f"e30.{made}.e30")
    assert not believed(wire.signed(OURS.signers[0], wire.address_of(THEIRS), "é" * 64, NOW))


@pytest.mark.asvs("9.2.3", "13.2.1")
def test_a_message_is_believed_of_its_sender_for_its_receiver_and_its_very_bytes() -> None:
    assert believed(token())
    assert wire.sender_said(token()) == wire.address_of(OURS)
    assert not believed(token(to=STRANGER))
    assert not believed(token(of=STRANGER))
    assert not believed(token(), digest="cd" * 32)


@pytest.mark.asvs("9.2.1")
@pytest.mark.parametrize(("minutes", "good"), [(-2, False), (0, True), (5, True), (7, False)])
def test_a_token_is_good_for_a_few_minutes(minutes: int, good: bool) -> None:
    assert believed(token(), at=NOW + timedelta(minutes=minutes)) is good


@pytest.mark.asvs("9.1.1")
@given(st.integers(0, 400), st.sampled_from("abcABC019-_."))
def test_a_token_with_a_changed_letter_proves_nothing(at: int, letter: str) -> None:
    genuine = token()
    at %= len(genuine) - 2  # The very last letter holds bits nobody reads.
    changed = genuine[:at] + letter + genuine[at + 1 :]
    assert changed == genuine or not believed(changed)


@given(st.text(max_size=80))
def test_anything_else_is_no_token(text: str) -> None:
    assert not believed(text)
    with pytest.raises(wire.NotProven):
        wire.sender_said(text)


def test_no_two_tenants_sign_with_one_key() -> None:
    keys = {wire.public_key_of(each) for each in (OURS, THEIRS, STRANGER)}
    assert len(keys) == 3
    assert all(len(key) == 43 and wire.is_public_key(key) for key in keys)
    assert not wire.is_public_key("x" * 43 + "=")
    assert not wire.is_public_key(str(uuid4()))


@pytest.mark.asvs("1.3.6", "13.2.4")
@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://dichvucong.laocai.gov.vn", True),
        ("https://laocai.gov.vn:8443", True),
        ("https://gov.vn.evil.test", False),
        ("https://evilgov.vn", False),
        ("http://dichvucong.laocai.gov.vn", False),
        ("https://dichvucong.laocai.gov.vn/duong-dan", False),
        ("https://ai@laocai.gov.vn", False),
        ("https://laocai.gov.vn:khong", False),
        ("https://169.254.169.254", False),
        ("https://localhost", False),
        ("https://[::1]", False),
        ("", False),
    ],
)
def test_messages_go_only_under_names_that_were_allowed(address: str, good: bool) -> None:
    assert rules.is_address(address, "https", ("gov.vn",)) is good


@given(st.integers(100, 599))
def test_an_answer_ends_a_message_or_lets_it_wait(status: int) -> None:
    meant = rules.verdict(status)
    assert (meant is Verdict.TAKEN) == (status in (200, 201, 204))
    # What may mend itself is tried again; only a fault of the message itself refuses it.
    if status >= 500 or status in (401, 403, 404, 408, 429):
        assert meant is Verdict.LATER


def test_attempts_come_further_apart_until_a_person_is_asked() -> None:
    waits = [rules.retry_after(attempts) for attempts in range(1, 40)]
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known)
    assert timedelta(hours=12) < sum(known, timedelta()) < timedelta(days=2)
    assert waits[len(known) :] == [None] * (39 - len(known))
