"""The secrets of an embedded installation, made once and kept in one file."""

import base64
import os
import secrets
from pathlib import Path

import msgspec

# Without letters and digits that look alike, because people type it.
_PLAIN = "abcdefghijkmnpqrstuvwxyz23456789"


def _password() -> str:
    return "-".join("".join(secrets.choice(_PLAIN) for _ in range(4)) for _ in range(3))


class Keys(msgspec.Struct):
    """What `make up` makes up: never in the repository, never in a process list."""

    master: str = msgspec.field(
        default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode()
    )
    password: str = msgspec.field(default_factory=_password)  # of all constructed people
    others: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The secret called `name`, made at the first call."""
        return self.others.setdefault(name, secrets.token_urlsafe(24))

    @classmethod
    def read(cls, path: Path) -> "Keys":
        """The keys kept at `path`, or fresh ones when there is no such file yet."""
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except FileNotFoundError:
            return cls()

    def write(self, path: Path) -> None:
        """Keep the keys where only their owner can read them; the file is whole or the old one."""
        half = path.with_suffix(".new")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(self)))
            os.fsync(file.fileno())
        half.replace(path)
