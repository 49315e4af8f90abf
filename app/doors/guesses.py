"""How often one may guess: the last digits of a phone are only ten thousand."""

import structlog

from app.doors.session_store import client
from app.onestop.codes import rules as codes
from app.refusals import Refusal
from tenants.current import current

log = structlog.get_logger()

_TRIES = 6
_WINDOW_SECONDS = 15 * 60


class TooManyGuesses(Refusal):
    """Somebody tries one number after another."""

    status = 429
    code = "too_many_guesses"
    message = "Ông/bà đã nhập nhiều lần. Vui lòng thử lại sau 15 phút hoặc gọi đường dây nóng."


async def count_guess(code: str) -> None:
    """Count one guess at a dossier's second factor. Raises TooManyGuesses.

    The count is by dossier, whoever asks: a thousand phones guessing together are one guesser.
    """
    key = f"{current().slug}:guess:{code[:64]}"
    async with client().pipeline(transaction=True) as pipe:
        # In one step: a count without an end would lock the dossier for good.
        pipe.set(key, 0, ex=_WINDOW_SECONDS, nx=True)
        pipe.incr(key)
        _, tries = await pipe.execute()
    if tries > _TRIES:
        # Only what has a code's form is written down; people type names and numbers as well.
        log.info("guessing_stopped", code=codes.read(code))
        raise TooManyGuesses
