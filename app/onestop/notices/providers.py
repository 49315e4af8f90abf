"""The providers messages go through: the deployment's list, and what a tenant has otherwise."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import msgspec

from infra import sealed
from infra.clock import now
from infra.settings import BadSetting, Settings, settings
from tenants import db
from tenants.current import current

_WRITE = """
insert into notice_provider (name, choices, sealed, changed_at) values ($1, $2, $3, $4)
on conflict (name) do update set choices = excluded.choices,
  sealed = coalesce(excluded.sealed, notice_provider.sealed), changed_at = excluded.changed_at
"""


# What people call a provider that has no name of its own in the list.
_LABELS = {"standin": "Máy nhận tin thử", "kannel": "Kannel"}


class PartPrice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a part costs us at a provider from a day on, in whole đồng, and where that stands."""

    from_on: date
    unit_price: int
    basis: str = ""


class Provider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way out (nhà cung cấp tin nhắn).

    `driver` is standin, kannel, smtp, http (with a `mapping` of its own) or a shipped mapping's
    name. The lowest `priority` goes first; `weight` shares a priority out. An empty `brand` is the
    tenant's own name; `sender` is the address letters come from; `lines` go there side by side.
    `label` is what people call it; `prices` hold each from its day on until the next.
    """

    name: str
    driver: str
    url: str
    username: str = ""
    password: str = ""
    options: dict[str, str] = {}
    mapping: dict[str, Any] | None = None
    priority: int = 1
    weight: int = 1
    brand: str = ""
    sender: str = ""
    lines: int = 16
    enabled: bool = True
    label: str = ""
    prices: list[PartPrice] = []

    def __post_init__(self) -> None:
        """Refuse what could not work."""
        if self.weight < 1 or self.lines < 1:
            raise ValueError("weight and lines are at least 1")
        schemes = ("smtp", "smtps", "smtp+starttls") if self.driver == "smtp" else ("http", "https")
        if self.url.partition("://")[0] not in schemes:
            raise ValueError(f"the address of {self.name} must begin with {schemes[0]}://")

    @property
    def channel(self) -> str:
        """What it carries: sms or email."""
        return "email" if self.driver == "smtp" else "sms"

    def price_on(self, day: date) -> int | None:
        """What a part costs on a day, in đồng; None where nobody has said it."""
        held = [price for price in self.prices if price.from_on <= day]
        return max(held, key=lambda price: price.from_on).unit_price if held else None


class Login(msgspec.Struct, frozen=True):
    """What is kept sealed."""

    username: str
    password: str


async def of_tenant() -> dict[str, Provider]:
    """The current tenant's providers by name, those switched off left out."""
    rows = await db.tenant.fetch("select name, choices, sealed from notice_provider")
    own = {row["name"]: {**msgspec.json.decode(row["choices"]), **_login(row)} for row in rows}
    return combined(deployment(), own)


def combined(
    shared: Mapping[str, Provider], own: Mapping[str, Mapping[str, Any]]
) -> dict[str, Provider]:
    """As `laid_over`, without those switched off."""
    return {name: each for name, each in laid_over(shared, own).items() if each.enabled}


def laid_over(
    shared: Mapping[str, Provider], own: Mapping[str, Mapping[str, Any]]
) -> dict[str, Provider]:
    """The deployment's providers with a tenant's choices laid over them, and the tenant's own."""
    found = dict(shared)
    for name, choices in own.items():
        known = msgspec.to_builtins(shared[name]) if name in shared else {"name": name}
        found[name] = msgspec.convert({**known, **choices}, Provider)
    return found


async def choose(name: str, choices: Mapping[str, Any], login: Login | None = None) -> Provider:
    """Give the current tenant a provider of its own, or other choices for a shared one.

    `choices` are fields of Provider other than name and login. Raises msgspec.ValidationError when
    what comes of it is no provider.
    """
    own = {name: {**choices, **(msgspec.to_builtins(login) if login else {})}}
    chosen = laid_over(deployment(), own)[name]
    plain = msgspec.json.encode(login) if login else None
    shut = sealed.seal(current().secrets.key, plain, _label(name)) if plain else None
    text = msgspec.json.encode(choices).decode()
    await db.tenant.execute(_WRITE, name, text, shut, now())
    return chosen


def deployment() -> dict[str, Provider]:
    """The deployment's providers by name; raises BadSetting when the list cannot be read."""
    chosen = settings()
    return _listed(chosen.sms_providers) if chosen.sms_providers else _single(chosen)


@cache
def _listed(text: str) -> dict[str, Provider]:
    try:
        listed = msgspec.json.decode(text, type=list[Provider])
    except (msgspec.DecodeError, ValueError) as error:
        raise BadSetting(f"MOTCUA_SMS_PROVIDERS cannot be read: {error}") from None
    return {provider.name: provider for provider in listed}


def _single(chosen: Settings) -> dict[str, Provider]:
    if not chosen.sms_url:
        return {}
    name = chosen.sms_driver
    only = Provider(
        name=name, driver=name, url=chosen.sms_url, label=_LABELS.get(name, ""),
        username=chosen.sms_username, password=chosen.sms_password,
    )  # fmt: skip
    return {name: only}


def _login(row: Any) -> dict[str, str]:
    if row["sealed"] is None:
        return {}
    plain = sealed.unseal(current().secrets.key, row["sealed"], _label(row["name"]))
    found: dict[str, str] = msgspec.json.decode(plain)
    return found


def _label(name: str) -> str:
    return f"notice-provider:{name}"
