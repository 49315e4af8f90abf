"""PostgreSQL addresses as keyword arguments, so that one can be varied without string surgery."""

from typing import NamedTuple, Self
from urllib.parse import parse_qs, unquote, urlsplit


class Address(NamedTuple):
    """Where a database is and who asks; an empty field is left to the server's default."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    database: str = ""

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
        )

    def keywords(self) -> dict[str, object]:
        """Keyword arguments for `asyncpg.connect`; empty fields are left out."""
        return {name: value for name, value in self._asdict().items() if value}
