"""The ways out of the house: one driver for each provider, opened together for a batch."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import msgspec

from app.onestop.notices.gateways.kannel import Kannel
from app.onestop.notices.gateways.mail import Mail
from app.onestop.notices.gateways.mapped import Mapped, shape_of
from app.onestop.notices.gateways.shapes import Gateway
from app.onestop.notices.gateways.standin import StandIn
from app.onestop.notices.providers import Provider, of_tenant
from infra.lines import Lines

_OVER_HTTP: dict[str, Callable[[Provider, Lines], Gateway]] = {
    "standin": StandIn,
    "kannel": Kannel,
}


@asynccontextmanager
async def opened(providers: Mapping[str, Provider]) -> AsyncIterator[dict[str, Gateway]]:
    """The drivers of these providers by name; their lines are kept while the block lasts."""
    async with AsyncExitStack() as stack:
        gateways: dict[str, Gateway] = {}
        for name, provider in providers.items():
            if provider.channel == "email":
                gateways[name] = await stack.enter_async_context(Mail(provider))
                continue
            lines = await stack.enter_async_context(Lines(provider.url, most=provider.lines))
            gateways[name] = driver(provider, lines)
        yield gateways


def driver(provider: Provider, lines: Lines) -> Gateway:
    """The driver of an HTTP provider."""
    return _OVER_HTTP.get(provider.driver, Mapped)(provider, lines)


def memory_of(provider: Provider) -> timedelta | None:
    """How long a provider can be asked for a message by our reference; None if it cannot."""
    if provider.channel == "email":
        return Mail.memory
    if provider.driver in _OVER_HTTP:
        return driver(provider, Lines(provider.url)).memory
    asked = shape_of(provider).ask
    return timedelta(hours=asked.hours) if asked else None


def fault_of(provider: Provider) -> str | None:
    """Why nobody can speak to this provider, as an English sentence, or None."""
    try:
        memory_of(provider)
    except KeyError:
        return f"{provider.name}: there is no driver called {provider.driver}"
    except msgspec.ValidationError as error:
        return f"{provider.name}: its mapping cannot be read: {error}"
    return None


async def askable() -> list[str]:
    """The current tenant's providers that can be asked for a message by our reference."""
    listed = {name: each for name, each in (await of_tenant()).items() if fault_of(each) is None}
    return [name for name, each in listed.items() if memory_of(each) is not None]
