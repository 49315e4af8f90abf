"""What is told of a workflow that is being checked, and what it is checked against: DTOs."""

from collections.abc import Mapping

from msgspec import Struct

from app.onestop.catalog.shapes import PostKind, Procedure
from app.onestop.forms.rules import fields_of
from app.onestop.forms.shapes import Field, Form, Kind

NUMBERS = (Kind.WHOLE, Kind.DECIMAL, Kind.MONEY)


class Fault(Struct, frozen=True):
    """One thing to put right: `place` in the tree, `reason` a Vietnamese sentence."""

    place: str
    reason: str


class Known(Struct, frozen=True, kw_only=True):
    """The names a workflow may use.

    `fields` of the form by id; `cases` and `papers` of the procedure by id; `agencies` by key;
    `posts` by key; `tenants` are partner systems by their short names.
    """

    fields: Mapping[str, Field] = {}
    cases: frozenset[str] = frozenset()
    papers: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    posts: Mapping[str, PostKind] = {}
    tenants: frozenset[str] = frozenset()


def known_to(
    procedure: Procedure,
    form: Form,
    *,
    agencies: frozenset[str] = frozenset(),
    posts: Mapping[str, PostKind] | None = None,
    tenants: frozenset[str] = frozenset(),
) -> Known:
    """What a workflow of the procedure may name; its agencies and posts are the tenant's."""
    return Known(
        fields=fields_of(form),
        cases=frozenset(case.id for case in procedure.cases),
        papers=frozenset(paper.id for case in procedure.cases for paper in case.papers),
        agencies=agencies,
        posts=posts or {},
        tenants=tenants,
    )
