"""How often one may guess: the last digits of a phone are only ten thousand."""

import structlog

from app.doors.limits import count_thing
from app.doors.limits_rules import wait_words
from app.onestop.codes import rules as codes
from app.refusals import Refusal

log = structlog.get_logger()


class TooManyGuesses(Refusal):
    """Somebody tries one number after another."""

    status = 429
    code = "too_many_guesses"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "Bốn số cuối của hồ sơ này đã được nhập nhiều lần. Ông/bà vui lòng thử lại sau "
            f"{wait_words(seconds)} hoặc gọi đường dây nóng để được tra cứu giúp."
        )
        self.wait_seconds = seconds


async def count_guess(code: str) -> None:
    """Count one guess at a dossier's second factor. Raises TooManyGuesses.

    The count is by dossier, whoever asks: a thousand phones guessing together are one guesser.
    """
    wait = await count_thing("guess", code[:64])
    if wait:
        # Only what has a code's form is written down; people type names and numbers as well.
        log.info("guessing_stopped", code=codes.read(code))
        raise TooManyGuesses(wait)
