"""Carrying out what is due, one batch for one ring."""

from app.onestop.reorganisation import service
from tenants.work import work


async def reorganise() -> bool:
    """One batch of the reorganisation that is due; whether more may be waiting."""
    async with work():
        return await service.advance()
