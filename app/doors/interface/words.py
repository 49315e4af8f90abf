"""What the published document says in its own words: sites, tags, proofs, parts of addresses."""

from typing import Any, NamedTuple


class Title(NamedTuple):
    """A site as the document's head names it."""

    name: str
    about: str
    server: str


_RULES = (
    "Moments are RFC 3339 in UTC, days and months follow the calendar of Viet Nam, money is whole"
    " đồng. Within `/api/v1` fields and operations are only ever added, so unknown fields must be"
    " ignored. Refusals are problem details (RFC 9457): `code` is for programs, `detail` is a"
    " Vietnamese sentence for people. What belongs to somebody else is answered like what does"
    " not exist: 404."
)
TENANT_SITE = Title(
    "Một Cửa: a province's interface for programs",
    "For programs of citizens and officers, other one-stop systems, providers of messages and"
    f" identity providers. {_RULES}",
    "The province's own host",
)
VENDOR_SITE = Title(
    "Một Cửa: the vendor's interface for programs",
    f"Contracts, statements and the facts behind them, and where outside meters report. {_RULES}",
    "The vendor's host",
)
TAGS = {
    "dossiers": "What a citizen or an officer may know of a dossier (hồ sơ).",
    "exchange": "Work between two systems (liên thông): signed messages and their files.",
    "messages": "What providers of messages bring: delivery reports, and what people wrote.",
    "sign-in": "What identity providers say (OpenID Connect).",
    "billing": "Contracts, statements, and the facts behind each counted line.",
    "usage": "Where meters outside of this system bring what they counted (CloudEvents 1.0).",
    "interface": "This document.",
}
PROOFS: dict[str, dict[str, Any]] = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-motcua",
        "description": "The session of somebody who signed in; over plain http it is `motcua`.",
    },
    "signature": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token signed with the sender's Ed25519 key for this receiver and exactly"
        " this body, good for five minutes: `iss`, `aud`, `sha256`, `iat`, `exp`.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token the vendor issued for one tenant, one source and its meters.",
    },
}
_HEX = {"pattern": "^[0-9a-f]{64}$"}
PLACES: dict[str, dict[str, Any]] = {
    "code": {"description": "The dossier's code as its receipt shows it."},
    "message_id": {"description": "The sender's choice, the same at every attempt."},
    "sha256": {"description": "The digest of the file's bytes in hexadecimal.", "schema": _HEX},
    "name": {"description": "The file's name as people see it."},
    "slug": {"description": "A tenant's short name, such as `binhdinh`."},
    "notice_id": {"description": "The message that is reported on."},
    "number": {"description": "Which attempt to send it."},
    "token": {"description": "The address's own signature."},
    "month": {
        "description": "A calendar month, `yyyy-mm`.",
        "schema": {"pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    },
    "line": {"description": "The code of a line of the statement."},
    "after": {"description": "Where the page begins: `next` of the page before; empty at first."},
}
