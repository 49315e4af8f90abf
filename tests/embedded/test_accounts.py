"""The embedded issuers and the sites that trust them fit together."""

from app import accounts
from app.doors.signin import paths
from app.keys import Keys


def described():
    return accounts.describe(8080, 8091, Keys())


def test_the_addresses_are_those_of_the_sign_in_pages():
    wanted = paths.addresses_to_register(accounts.origin("binhdinh", 8080))
    client = described().issuers[1].clients[0]
    assert client.redirect_uris == wanted["redirect_uris"]
    assert client.post_logout_redirect_uris == wanted["post_logout_redirect_uris"]


def test_every_province_trusts_the_citizens_issuer_and_its_own_and_no_other():
    trusts = {(t.slug, t.audience): t.issuer for t in described().trusts}
    citizens, binh_dinh, lao_cai, vendor = (issuer.url for issuer in described().issuers)
    assert trusts == {
        ("binhdinh", "citizen"): citizens,
        ("laocai", "citizen"): citizens,
        ("binhdinh", "staff"): binh_dinh,
        ("laocai", "staff"): lao_cai,
        (None, "vendor"): vendor,
    }


def test_no_two_clients_share_a_name_or_a_secret_and_no_two_issuers_a_host_or_port():
    plan = described()
    clients = [client for issuer in plan.issuers for client in issuer.clients]
    assert len({c.client_id for c in clients}) == len({c.client_secret for c in clients}) == 5
    assert len({i.host for i in plan.issuers}) == len({i.port for i in plan.issuers}) == 4


def test_the_table_of_logins_names_everybody_who_can_sign_in():
    plan = described()
    known = sorted(user.username for issuer in plan.issuers for user in issuer.users)
    assert sorted(login.username for login in plan.logins) == known


def test_names_are_split_the_vietnamese_way():
    users = {user.username: user for user in described().issuers[0].users}
    assert users["hung.tran"].family_name == "Trần Văn"
    assert users["hung.tran"].given_name == "Hùng"


def test_keys_are_kept_between_starts_and_only_for_their_owner(tmp_path):
    path = tmp_path / "secrets.json"
    first = Keys.read(path)
    first.of("control")
    first.write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Keys.read(path) == first
    assert Keys().password != first.password
