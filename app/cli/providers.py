"""`motcua provider`: whom a tenant's messages go through, and how they do."""

import argparse
from typing import Any

import msgspec

from app import lifecycle
from app.cli.parts import Verbs, add_verb, content_of, note
from app.onestop.notices import choosing, providers, routing
from app.onestop.notices.gateways import fault_of
from infra.clock import now
from tenants.current import acting_for
from tenants.provision import ProvisionError
from tenants.work import work


def add_verbs(verbs: Verbs) -> None:
    """`list` and `choose`."""
    add_verb(verbs, "list", _list, "slug")
    choose = add_verb(verbs, "choose", _choose, "slug", "name")
    choose.add_argument(
        "file", type=content_of, help='JSON such as {"brand": "BINHDINH"}; its login is kept sealed'
    )


async def _list(asked: argparse.Namespace) -> None:
    """The tenant's providers, with their share of now."""
    with acting_for(await lifecycle.named(asked.slug)):
        found = await choosing.read()
    for each in found.candidates():
        provider = found.providers[each.name]
        part = routing.share(each.past, now())
        print(f"{each.name:20} {provider.driver:10} {each.priority:3} {each.weight:3} {part:5.0%}")


async def _choose(asked: argparse.Namespace) -> None:
    """Give the tenant choices or a provider of its own."""
    tenant = await lifecycle.named(asked.slug)
    choices, login = _read(asked.file)
    with acting_for(tenant):
        async with work():
            try:
                chosen = await providers.choose(asked.name, choices, login)
            except msgspec.ValidationError as error:
                raise ProvisionError(f"the file describes no provider: {error}") from None
            if fault := fault_of(chosen):
                raise ProvisionError(fault)
    await note("tenant.provider", asked.slug, provider=asked.name)
    print(f"messages of {asked.slug} go through {asked.name} as the file says")


def _read(text: str) -> tuple[dict[str, Any], providers.Login | None]:
    try:
        choices = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ProvisionError(f"the file is not JSON: {error}") from None
    login = choices.pop("username", None), choices.pop("password", None)
    return choices, providers.Login(login[0] or "", login[1] or "") if any(login) else None
