"""What an ID token must say, claim by claim; no server, no clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.doors.signin.tokens import for_client, wrong_in_id_token, wrong_in_logout_token

AT = datetime(2026, 6, 11, 8, 30, tzinfo=UTC)
ISSUER, CLIENT, NONCE = "https://dinhdanh.example", "motcua", "n-1"
GOOD: dict[str, Any] = {
    "iss": ISSUER,
    "aud": CLIENT,
    "sub": "hung.tran",
    "nonce": NONCE,
    "iat": AT.timestamp(),
    "exp": AT.timestamp() + 300,
}


def wrong(**changes: Any) -> str | None:
    """What is wrong in the good token with some claims changed; `...` removes one."""
    claims = {name: value for name, value in (GOOD | changes).items() if value is not ...}
    begun = AT - timedelta(minutes=1)
    return wrong_in_id_token(
        claims, issuer=ISSUER, client_id=CLIENT, nonce=NONCE, begun_at=begun, at=AT
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": [CLIENT]},
        {"aud": [CLIENT, CLIENT], "azp": CLIENT},
        {"aud": [CLIENT, "other"], "azp": CLIENT},
        {"azp": CLIENT},
        {"exp": AT.timestamp() - 30},
        {"iat": AT.timestamp() + 30},
        {"nbf": AT.timestamp()},
    ],
)
def test_a_good_token_passes(changes: dict[str, Any]) -> None:
    assert wrong(**changes) is None


@pytest.mark.asvs("9.2.1", "9.2.3", "10.5.1", "10.5.4", "15.3.5")
@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"iss": ISSUER + "/"}, "iss"),
        ({"iss": ...}, "iss"),
        ({"aud": "other"}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": ...}, "aud"),
        ({"aud": [CLIENT, "other"]}, "aud"),
        ({"aud": [CLIENT, "other"], "azp": "other"}, "aud"),
        ({"azp": "other"}, "aud"),
        ({"exp": AT.timestamp() - 61}, "exp"),
        ({"exp": ...}, "exp"),
        ({"exp": "2030"}, "exp"),
        ({"exp": True}, "exp"),
        ({"iat": AT.timestamp() + 61}, "iat"),
        ({"iat": ...}, "iat"),
        ({"iat": AT.timestamp() - 121}, "iat before the attempt"),
        ({"nbf": AT.timestamp() + 61}, "nbf"),
        ({"nonce": "n-2"}, "nonce"),
        ({"nonce": ...}, "nonce"),
        ({"nonce": [NONCE]}, "nonce"),
        ({"sub": ""}, "sub"),
        ({"sub": ...}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "s" * 256}, "sub"),
    ],
)
def test_each_wrong_claim_is_named(changes: dict[str, Any], name: str) -> None:
    assert wrong(**changes) == name


@pytest.mark.asvs("9.2.2", "10.5.5")
def test_an_id_token_is_no_logout_token() -> None:
    found = wrong_in_logout_token(GOOD, {}, issuer=ISSUER, client_id=CLIENT, at=AT)
    assert found == "events"


@pytest.mark.asvs("9.2.3", "10.5.4")
def test_a_token_for_nobody_is_not_for_us() -> None:
    assert not for_client({}, CLIENT)
    assert not for_client({"aud": None}, CLIENT)
    assert not for_client({"aud": {CLIENT: 1}}, CLIENT)
