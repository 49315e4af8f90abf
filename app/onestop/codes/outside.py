"""Where codes come from when a system outside counts: the port an adapter fills.

No reception waits for another system: the worker asks it beforehand, outside any transaction, and
keeps what it gave with `service.stock`; a reception takes one in its own transaction. No adapter
ships with the product, because the interface (GetNextValue) is given to each province by contract.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol


class NextValue(Protocol):
    """The outside generator: `G09.20-20260609-0092637` for the unit `G09.20` on that day."""

    async def __call__(self, prefix: str, day: date, how_many: int) -> Sequence[str]:
        """That many codes nobody else will be given. Raises OSError when it does not answer."""
