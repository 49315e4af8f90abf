"""The link a citizen rates by: an id and a signature of the tenant's own. Pure."""

import base64
import binascii
import hmac
from collections.abc import Iterable
from enum import IntEnum
from uuid import UUID

from infra import sealed

# 96 bits of the signature: not to be guessed, and short enough for a text message.
_SIGNATURE_LENGTH = 16
_ID_LENGTH = 22


class Score(IntEnum):
    """How content the citizen is (mức độ hài lòng)."""

    NOT_CONTENT = 1
    CONTENT = 2
    VERY_CONTENT = 3

    @property
    def title(self) -> str:
        """The words on the button."""
        return {1: "Chưa hài lòng", 2: "Hài lòng", 3: "Rất hài lòng"}[self.value]


def token_for(key: bytes, dossier_id: UUID) -> str:
    """The 38 letters that let anyone who has them rate one dossier; `key` is the tenant's."""
    return _text_of(dossier_id) + _signature(key, dossier_id)


def dossier_of(keys: Iterable[bytes], token: str) -> UUID | None:
    """The dossier a token stands for that one of the `keys` signed; None for any other text."""
    if len(token) != _ID_LENGTH + _SIGNATURE_LENGTH or not token.isascii():
        return None
    try:
        dossier_id = UUID(bytes=base64.urlsafe_b64decode(token[:_ID_LENGTH] + "=="))
    except (ValueError, binascii.Error):
        return None
    said = token[_ID_LENGTH:]
    ours = any(hmac.compare_digest(_signature(key, dossier_id), said) for key in keys)
    return dossier_id if ours and _text_of(dossier_id) == token[:_ID_LENGTH] else None


def _text_of(dossier_id: UUID) -> str:
    return base64.urlsafe_b64encode(dossier_id.bytes).rstrip(b"=").decode()


def _signature(key: bytes, dossier_id: UUID) -> str:
    return sealed.sign(sealed.derive(key, "rating"), str(dossier_id))[:_SIGNATURE_LENGTH]
