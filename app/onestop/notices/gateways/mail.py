"""Letters by electronic mail over SMTP (RFC 5321); Message-ID carries our reference.

A mail server answers for what it takes over, not for what arrives: a refusal of the address is
told to the officer, what comes back later as a letter is not read.
"""

import asyncio
import smtplib
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from app.onestop.notices.gateways.shapes import NotTaken, Outgoing, Refused, Sent, Unknown
from app.onestop.notices.providers import Provider
from app.onestop.notices.rules import Report
from infra import outward
from infra.clock import now
from infra.tls import shield

T = TypeVar("T")

_TIMEOUT_SECONDS = 20.0
_REFUSED = "Máy chủ thư báo địa chỉ thư điện tử này không nhận được thư."


class Mail:
    """One kept connection to a mail server; `url` is smtp://, smtp+starttls:// or smtps://."""

    memory: timedelta | None = None

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._line: smtplib.SMTP | None = None
        self._turn = asyncio.Lock()

    async def send(self, message: Outgoing) -> Sent:
        """Hand a letter over."""
        letter = written(message, self._provider.sender)
        async with self._turn:
            return await asyncio.to_thread(self._send, message.to, letter)

    async def settle(self, message: Outgoing) -> Sent | None:
        """Never asked, as `memory` says: SMTP knows no such question."""
        raise NotTaken("a mail server cannot be asked")

    def report(self, fields: Mapping[str, str]) -> Report | None:
        """Mail servers report by letters, which nobody reads here."""
        return None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._line is not None:
            await asyncio.to_thread(self._hang_up)

    def _send(self, to: str, letter: EmailMessage) -> Sent:
        line = self._line or self._step(self._connect)
        self._line = line
        sender = str(letter["From"].addresses[0].addr_spec)
        self._step(lambda: _accepted(line.mail(sender)))
        self._step(lambda: _accepted(line.rcpt(to), refusing=_REFUSED))
        try:
            code, said = line.data(letter.as_bytes(policy=SMTP))
        except smtplib.SMTPDataError as error:
            # The server said no before the letter itself went out.
            raise self._ended(error.smtp_code, error.smtp_error) from None
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise Unknown(type(error).__name__) from None
        if code != 250:
            raise self._ended(code, said)
        return Sent(reference=str(letter["Message-ID"]), code=_reply(code, said))

    def _ended(self, code: int, said: bytes | str) -> Exception:
        with suppress(OSError, smtplib.SMTPException):
            if self._line is not None:
                self._line.rset()
        reply = _reply(code, said)
        return (
            Refused("Máy chủ thư từ chối nhận thư này.", reply) if code >= 500 else NotTaken(reply)
        )

    def _step(self, doing: Callable[[], T]) -> T:
        """One step before the letter itself: whatever goes wrong, nothing has been sent."""
        try:
            return doing()
        except (Refused, NotTaken):
            self._hang_up()
            raise
        except smtplib.SMTPResponseException as error:
            self._hang_up()
            raise NotTaken(_reply(error.smtp_code, error.smtp_error)) from None
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise NotTaken(type(error).__name__) from None

    def _connect(self) -> smtplib.SMTP:
        there = urlsplit(self._provider.url)
        # The standard library's own choice would believe any certificate.
        trusted = shield()
        host, port = there.hostname or "", there.port or 0
        line: smtplib.SMTP
        if there.scheme == "smtps":
            line = _Smtps(host, port, timeout=_TIMEOUT_SECONDS, context=trusted)
        else:
            kind = _Smtp if there.scheme == "smtp+starttls" else _PlainSmtp
            line = kind(host, port, timeout=_TIMEOUT_SECONDS)
        try:
            if there.scheme == "smtp+starttls":
                line.starttls(context=trusted)
            if self._provider.username:
                line.login(self._provider.username, self._provider.password)
            line.ehlo_or_helo_if_needed()
        except BaseException:
            line.close()
            raise
        return line

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError, smtplib.SMTPException):
                line.quit()
            line.close()


class _Smtp(smtplib.SMTP):
    """A line to the address that was judged; certificates are checked against the name."""

    encrypted = True

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        address = outward.reach_now(host, port, encrypted=self.encrypted)
        return super()._get_socket(address, port, timeout)  # type: ignore[misc]


class _PlainSmtp(_Smtp):
    """A line that stays as it is; in production only to hosts that were named."""

    encrypted = False


class _Smtps(_Smtp, smtplib.SMTP_SSL):
    """A line that is encrypted from its first byte."""


def written(message: Outgoing, sender: str) -> EmailMessage:
    """A letter in plain text; Message-ID is our reference at the tenant's host."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = formataddr((message.brand, sender or f"khong-tra-loi@{message.host}"))
    letter["To"] = message.to
    letter["Subject"] = message.subject
    letter["Date"] = now()
    letter["Message-ID"] = f"<{message.reference}@{message.host}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text, charset="utf-8", cte="base64")
    return letter


def _accepted(answer: tuple[int, bytes], *, refusing: str = "") -> None:
    code, said = answer
    if code in (250, 251):
        return
    if code >= 500 and refusing:
        raise Refused(refusing, _reply(code, said))
    raise NotTaken(_reply(code, said))


def _reply(code: int, said: bytes | str) -> str:
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return f"{code} {words}".strip()[:200]
