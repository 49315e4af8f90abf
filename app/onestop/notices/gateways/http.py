"""One call to a provider: what a lost line means for the message is decided here."""

from collections.abc import Mapping

from app.onestop.notices.gateways.shapes import NotTaken, Unknown
from infra.lines import Answer, Cut, Lines, NotReached


async def sending(
    lines: Lines,
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """A call that hands a message over: a line cut on the way leaves a doubt."""
    try:
        return await lines.call(method, path, body, headers)
    except NotReached as error:
        raise NotTaken(str(error)) from None
    except Cut as error:
        raise Unknown(str(error)) from None


async def asking(
    lines: Lines,
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """A call that only asks: without an answer nothing has changed."""
    try:
        return await sending(lines, method, path, body, headers)
    except Unknown as error:
        raise NotTaken(str(error)) from None
