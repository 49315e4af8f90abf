"""How often one may guess: the last digits of a phone are only ten thousand."""

import structlog

from app.doors.session_store import client
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
    redis = client()
    tries = await redis.incr(key)
    if tries == 1:
        await redis.expire(key, _WINDOW_SECONDS)
    if tries > _TRIES:
        log.info("guessing_stopped", code=code[:64])
        raise TooManyGuesses
