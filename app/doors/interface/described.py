"""What a door for programs says of itself beside its handler, for the published document."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from app.refusals import Refusal

FORM = "application/x-www-form-urlencoded"
# Who may ask: somebody signed in, another system by its signature, a meter by its token.
Proof = Literal["session", "signature", "token"]


class Link(NamedTuple):
    """Where an answer leads: to another operation, with values of this request or answer."""

    to: str
    using: Mapping[str, str]


class Said(NamedTuple):
    """A refusal whose status or code its class alone does not tell."""

    status: int
    code: str
    meaning: str


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """One operation; summary and description are the handler's docstring.

    `gives` names what is answered in JSON by status, None where there is no body; `takes` the body
    by media type. `refuses` are refusals of its own, beside those every operation may give.
    `proof` None: anybody, or the address itself is signed.
    """

    name: str
    of: str
    gives: Mapping[int, Any]
    takes: Mapping[str, Any] = {}
    must_bring: bool = True
    proof: Proof | None = None
    refuses: tuple[type[Refusal] | Said, ...] = ()
    leads: Mapping[str, Link] = {}
