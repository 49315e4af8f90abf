"""The embedded OpenID providers speak the real protocol."""

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from infra.embedded.idp import Client, IdentityProviders, Issuer, User
from infra.embedded.signin import SignInFailed, sign_in
from infra.http import visitor

CALLBACK = "http://binhdinh.localhost:8080/dang-nhap/tro-ve"
HOME = "http://binhdinh.localhost:8080/"
HUNG = User(
    username="hung.nguyen",
    password="mat-khau-thu",
    given_name="Hùng",
    family_name="Nguyễn Văn",
    email="hung@example.invalid",
    phone="+84900000001",
    claims={"id_number": "052099000001", "birthdate": "1985-04-12"},
)
PORTAL = Client(
    client_id="portal",
    client_secret="a secret/with:signs",
    name="Cổng Bình Định",
    redirect_uris=[CALLBACK],
    post_logout_redirect_uris=[HOME],
)


@pytest.fixture(scope="module")
def issuers(tmp_path_factory, unused_ports):
    first, second = unused_ports(2)
    described = [
        Issuer(
            name="Định danh", host="dinhdanh.localhost", port=first, users=[HUNG], clients=[PORTAL]
        ),
        Issuer(name="Cán bộ", host="canbo.localhost", port=second, clients=[PORTAL]),
    ]
    with IdentityProviders(tmp_path_factory.mktemp("idp"), described):
        yield described


class Login:
    """One attempt to sign in with code and PKCE, as an application makes it."""

    def __init__(self, http, issuer):
        self.http, self.issuer = http, issuer
        self.verifier, self.nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(12)

    async def discover(self):
        answer = await self.http.get(f"{self.issuer.url}/.well-known/openid-configuration")
        self.metadata = answer.raise_for_status().json()
        return self

    def address(self, **changes):
        digest = hashlib.sha256(self.verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": PORTAL.client_id,
            "redirect_uri": CALLBACK,
            "scope": "openid profile email phone",
            "state": "a-state",
            "nonce": self.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        return f"{self.metadata['authorization_endpoint']}?{urlencode(query)}"

    async def exchange(self, code, verifier=None):
        return await self.http.post(
            self.metadata["token_endpoint"],
            auth=(PORTAL.client_id, PORTAL.client_secret),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": CALLBACK,
                "code_verifier": verifier or self.verifier,
            },
        )

    async def claims(self, id_token):
        keys = KeySet.import_key_set((await self.http.get(self.metadata["jwks_uri"])).json())
        return jwt.decode(id_token, keys).claims


def query_of(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


async def test_a_person_signs_in_on_two_pages_and_the_token_names_them(issuers):
    async with visitor() as http:
        login = await Login(http, issuers[0]).discover()
        back = await sign_in(http, login.address(), HUNG.username, HUNG.password)
        assert back.startswith(CALLBACK)
        given = query_of(back)
        assert given["state"] == "a-state"
        assert given["iss"] == issuers[0].url == login.metadata["issuer"]
        tokens = (await login.exchange(given["code"])).raise_for_status().json()
        claims = await login.claims(tokens["id_token"])
        assert claims["iss"] == issuers[0].url
        assert PORTAL.client_id in claims["aud"]
        assert (claims["sub"], claims["nonce"]) == (HUNG.username, login.nonce)
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        person = (await http.get(login.metadata["userinfo_endpoint"], headers=bearer)).json()
    assert person["sub"] == HUNG.username
    assert person["name"] == "Nguyễn Văn Hùng"
    assert (person["email"], person["phone_number"]) == (HUNG.email, HUNG.phone)
    assert (person["id_number"], person["birthdate"]) == ("052099000001", "1985-04-12")


async def test_who_is_signed_in_is_sent_back_at_once_and_after_logout_is_not(issuers):
    async with visitor() as http:
        login = await Login(http, issuers[0]).discover()
        given = query_of(await sign_in(http, login.address(), HUNG.username, HUNG.password))
        tokens = (await login.exchange(given["code"])).json()
        assert (await http.get(login.address())).headers["location"].startswith(CALLBACK)
        leaving = {
            "id_token_hint": tokens["id_token"],
            # The token's audience is a list, so the client must say which one it is.
            "client_id": PORTAL.client_id,
            "post_logout_redirect_uri": HOME,
        }
        gone = await http.get(f"{login.metadata['end_session_endpoint']}?{urlencode(leaving)}")
        assert gone.is_redirect and gone.headers["location"] == HOME
        again = await http.get(login.address())
        assert urlsplit(again.headers["location"]).path == "/login"


async def test_a_wrong_password_is_refused_in_vietnamese(issuers):
    async with visitor() as http:
        login = await Login(http, issuers[0]).discover()
        with pytest.raises(SignInFailed, match="Chưa đăng nhập được"):
            await sign_in(http, login.address(), HUNG.username, "sai")


async def test_a_code_without_its_verifier_is_worthless(issuers):
    async with visitor() as http:
        login = await Login(http, issuers[0]).discover()
        given = query_of(await sign_in(http, login.address(), HUNG.username, HUNG.password))
        assert (await login.exchange(given["code"], "x" * 64)).status_code == 400


async def test_an_address_that_is_not_registered_gets_no_code(issuers):
    async with visitor() as http:
        login = await Login(http, issuers[0]).discover()
        address = login.address(redirect_uri="http://nguoi-ngoai.localhost:8080/tro-ve")
        with pytest.raises(SignInFailed):
            await sign_in(http, address, HUNG.username, HUNG.password)


async def test_another_issuer_has_other_people_and_other_keys(issuers):
    async with visitor() as http:
        first = await Login(http, issuers[0]).discover()
        second = await Login(http, issuers[1]).discover()
        keys = [(await http.get(login.metadata["jwks_uri"])).json() for login in (first, second)]
        assert keys[0]["keys"][0]["kid"] != keys[1]["keys"][0]["kid"]
        with pytest.raises(SignInFailed):
            await sign_in(http, second.address(), HUNG.username, HUNG.password)


async def test_keys_outlive_a_restart(tmp_path, unused_ports):
    [port] = unused_ports(1)
    issuer = Issuer(name="Định danh", host="dinhdanh.localhost", port=port, clients=[PORTAL])
    seen = []
    for _ in range(2):
        with IdentityProviders(tmp_path / "idp", [issuer]):
            async with visitor() as http:
                login = await Login(http, issuer).discover()
                seen.append((await http.get(login.metadata["jwks_uri"])).json())
    assert seen[0] == seen[1]
