"""Signing in and out with OpenID Connect: the routes of each kind of host."""

from litestar import Router

from app.doors.signin import entering, leaving
from app.doors.signin.asking import HANDLERS
from tenants.issuers import Audience

__all__ = ["HANDLERS", "ops_routes", "tenant_routes"]


def _routes(*audiences: Audience) -> Router:
    handlers = [leaving.sign_out, leaving.signed_out, leaving.signed_out_elsewhere]
    return Router("/", route_handlers=[entering.router(*audiences), *handlers])


tenant_routes = _routes("citizen", "staff")
ops_routes = _routes("vendor")
