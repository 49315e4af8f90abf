"""The citizen's phone: what the SMS gateway has delivered to a number."""

import asyncio
import time

import httpx

from infra.embedded.process import Trouble
from infra.http import visitor

# A lost bell is made good by the worker's look at every minute.
_PATIENCE_SECONDS = 100


async def messages(gateway: str, number: str) -> list[dict[str, str]]:
    """Everything sent to a number, the newest first."""
    async with visitor() as http:
        return await _read(http, gateway, number)


async def wait_for(gateway: str, number: str, *words: str) -> dict[str, str]:
    """The message that holds all of `words`, as soon as it arrives."""
    limit = time.monotonic() + _PATIENCE_SECONDS
    async with visitor() as http:
        while time.monotonic() < limit:
            for message in await _read(http, gateway, number):
                if all(word in message["text"] for word in words):
                    return message
            await asyncio.sleep(0.2)
    raise Trouble(f"no message with {' and '.join(words)} came to {number}")


async def _read(http: httpx.AsyncClient, gateway: str, number: str) -> list[dict[str, str]]:
    answer = await http.get(f"{gateway}/messages", params={"to": number})
    found: list[dict[str, str]] = answer.raise_for_status().json()["messages"]
    return found
