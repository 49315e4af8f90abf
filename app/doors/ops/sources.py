"""Tokens of meters outside of the system (nguồn đo ngoài): issued, shown once, revoked."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.ops.paths import tenant_of
from app.doors.render import page
from app.doors.sent import texts
from app.doors.sessions import operator
from app.refusals import NotFound
from billing import sources
from billing.refusals import SourceUnfit
from billing.shapes import METERS
from tenants.shapes import Tenant

HERE = "/nguon-do/{slug:str}"
Done = Annotated[str, QueryParameter(name="xong", max_length=20)]


@get(HERE)
async def show_sources(slug: FromPath[str], xong: Done = "") -> Response[bytes]:
    """Every token, those in force first, and the form for a new one."""
    return await _page(await tenant_of(slug), {}, done=xong == "thu-hoi")


@post(HERE)
async def issue_token(request: Asked, slug: FromPath[str]) -> Response[bytes]:
    """A new token, on this one page and never again."""
    tenant, who, sent = await tenant_of(slug), await operator(request), await texts(request)
    meters, source = [name for name in METERS if name in sent], sent.get("nguon", "").strip()
    try:
        token = await sources.issue(who.full_name, tenant.id, source, meters)
    except SourceUnfit as refusal:
        return await _page(tenant, sent, refused=refusal.message)
    return page(
        "ops/source_token.html",
        status=201,
        tenant=tenant,
        here=f"/nguon-do/{tenant.slug}",
        token=token,
        source=source,
        meters=[METERS[name].name for name in meters],
    )


@post(f"{HERE}/thu-hoi")
async def revoke_token(request: Asked, slug: FromPath[str]) -> Redirect:
    """End one token, from the next request on."""
    tenant, who, sent = await tenant_of(slug), await operator(request), await texts(request)
    try:
        token = UUID(sent.get("ma", ""))
    except ValueError:
        raise NotFound from None
    if not await sources.revoke_one(who.full_name, tenant.id, token):
        raise NotFound
    return Redirect(f"/nguon-do/{tenant.slug}?xong=thu-hoi", status_code=303)


async def _page(
    tenant: Tenant, sent: dict[str, str], *, refused: str = "", done: bool = False
) -> Response[bytes]:
    found = await sources.issued(tenant.id)
    return page(
        "ops/sources.html",
        status=409 if refused else 200,
        tenant=tenant,
        here=f"/nguon-do/{tenant.slug}",
        tokens=sorted(found, key=lambda one: one.revoked_at is not None),
        names={name: meter.name for name, meter in METERS.items()},
        meters=[(name, meter.name, meter.unit) for name, meter in METERS.items()],
        sent=sent,
        refused=refused,
        done=done,
    )
