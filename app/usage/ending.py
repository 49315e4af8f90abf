"""What is counted at night, counted up to this moment: another counts from now on."""

from app.usage import officers
from billing import collect, samples


async def count_up_to_now() -> None:
    """Bring what the current tenant has used until now into the books. Safe to repeat."""
    await samples.sample_missing()
    await officers.count_officers(today_too=True)
    while await collect.collect():
        pass
