"""PostgreSQL addresses as keyword arguments, so that one can be varied without string surgery."""

from typing import NamedTuple, Self
from urllib.parse import parse_qs, unquote, urlsplit

_HERE = {"localhost", "127.0.0.1", "::1"}


def is_here(url: str) -> bool:
    """Whether an address is this very machine's."""
    return (urlsplit(url).hostname or "") in _HERE


class Address(NamedTuple):
    """Where a database is and who asks; an empty field is left to the server's default."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    database: str = ""
    ssl: str = ""  # PostgreSQL's sslmode; verify-full believes only the certificate of that name

    @classmethod
    def parse(cls, dsn: str) -> Self:
        """Read `postgresql://user:password@host:port/database` or `…?host=/socket/dir`."""
        parts = urlsplit(dsn)
        if parts.scheme not in {"postgresql", "postgres"}:
            raise ValueError("a PostgreSQL address begins with postgresql://")
        query = parse_qs(parts.query)
        return cls(
            host=query.get("host", [unquote(parts.hostname or "localhost")])[0],
            port=int(query.get("port", [parts.port or 5432])[0]),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=parts.path.lstrip("/"),
            ssl=query.get("sslmode", [""])[0],
        )

    @property
    def is_shielded(self) -> bool:
        """Whether nobody between us and the database can listen or stand in for it."""
        return self.host.startswith("/") or self.host in _HERE or self.ssl == "verify-full"

    def keywords(self) -> dict[str, object]:
        """Keyword arguments for `asyncpg.connect`; empty fields are left out."""
        return {name: value for name, value in self._asdict().items() if value}
