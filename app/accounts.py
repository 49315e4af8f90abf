"""Who can sign in where when everything runs embedded: issuers, clients, people.

Citizens of all provinces share one issuer, as they would share the national one; each province
has its own for officers, the vendor its own for operators.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from app.keys import Keys
from app.provinces import loader
from app.provinces.shapes import Citizen, Officer, Operator, Province, Stranger
from infra.embedded.idp import Client, Issuer, User

# The same as in `app.doors.signin.paths`, without loading a web framework; a test compares them.
CALLBACK_PATH = "/dang-nhap/xac-nhan"
LOGGED_OUT_PATH = "/dang-xuat/xong"
Audience = Literal["citizen", "staff", "vendor"]
Person = Citizen | Officer | Stranger | Operator


class Trust(NamedTuple):
    """A site's trust in an issuer: `slug` is the tenant, None the vendor's own site."""

    slug: str | None
    audience: Audience
    issuer: str
    label: str
    client_id: str
    secret: str


class Login(NamedTuple):
    """One line of the table of logins."""

    site: str
    role: str
    name: str
    username: str


class Accounts(NamedTuple):
    """Everything about signing in to one embedded installation."""

    issuers: list[Issuer]
    trusts: list[Trust]
    logins: list[Login]


def describe(port: int, first_issuer_port: int, keys: Keys) -> Accounts:
    """All issuers on consecutive ports, and who trusts them, for sites on `port`."""
    plan = _Plan(port, first_issuer_port, keys)
    provinces = [loader.load(slug) for slug in loader.slugs()]
    people = loader.people()
    plan.add("citizen", "dinhdanh", "tài khoản định danh", provinces, people.citizens)
    for province in provinces:
        strangers = [s for s in people.strangers if s.province == province.slug]
        label = f"tài khoản công vụ {_inside(province.brand.province)}"
        staff: list[Person] = [*province.officers, *strangers]
        plan.add("staff", f"canbo-{province.slug}", label, [province], staff)
    plan.add("vendor", "nhacungcap", "tài khoản nhà cung cấp", [None], people.operators)
    return Accounts(plan.issuers, plan.trusts, _logins(provinces))


class _Plan:
    """Collects issuers one by one, giving each the next port."""

    def __init__(self, port: int, first_issuer_port: int, keys: Keys) -> None:
        self.issuers: list[Issuer] = []
        self.trusts: list[Trust] = []
        self._port, self._next, self._keys = port, first_issuer_port, keys

    def add(
        self,
        audience: Audience,
        host: str,
        label: str,
        sites: Sequence[Province | None],
        people: Sequence[Person],
    ) -> None:
        clients = [self._client(audience, site) for site in sites]
        issuer = Issuer(
            name=label[0].upper() + label[1:],
            host=f"{host}.localhost",
            port=self._next,
            users=[_user(person, self._keys.password) for person in people],
            clients=clients,
        )
        self._next += 1
        self.issuers.append(issuer)
        for site, client in zip(sites, clients, strict=True):
            slug = site.slug if site else None
            secret = client.client_secret
            self.trusts.append(Trust(slug, audience, issuer.url, label, client.client_id, secret))

    def _client(self, audience: Audience, site: Province | None) -> Client:
        slug = site.slug if site else "ops"
        name = f"motcua-{slug}-{audience}"
        site_origin = origin(slug, self._port)
        return Client(
            client_id=name,
            client_secret=self._keys.of(name),
            name=site.brand.name if site else "Trang nhà cung cấp",
            redirect_uris=[site_origin + CALLBACK_PATH],
            post_logout_redirect_uris=[site_origin + LOGGED_OUT_PATH],
        )


def origin(slug: str, port: int) -> str:
    """The address of a site, without a final slash."""
    return f"http://{slug}.localhost" + ("" if port == 80 else f":{port}")


def _user(person: Person, password: str) -> User:
    # A Vietnamese name begins with the family name; the given name is the last word.
    family, _, given = person.name.rpartition(" ")
    claims = {}
    if isinstance(person, Citizen):
        claims = {"id_number": person.id_number, "birthdate": person.born_on.isoformat()}
    return User(
        username=person.username,
        password=password,
        family_name=family,
        given_name=given,
        email=person.email,
        phone=person.phone if isinstance(person, Citizen | Officer) else "",
        claims=claims,
    )


def _logins(provinces: list[Province]) -> list[Login]:
    people = loader.people()
    lines = []
    for province in provinces:
        slug = province.slug
        citizens = [c for c in people.citizens if c.province == slug]
        lines += [Login(slug, "Người nộp hồ sơ", c.name, c.username) for c in citizens]
        lines += [Login(slug, o.shown_as, o.name, o.username) for o in province.officers]
        strangers = [s for s in people.strangers if s.province == slug]
        lines += [Login(slug, "Cán bộ chưa được cấp quyền", s.name, s.username) for s in strangers]
    return [*lines, *(Login("ops", "Nhà cung cấp", o.name, o.username) for o in people.operators)]


def _inside(name: str) -> str:
    """A name as it reads in the middle of a sentence."""
    return name[:1].lower() + name[1:]
