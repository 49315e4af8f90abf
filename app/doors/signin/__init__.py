"""Signing in and out with OpenID Connect: the routes of each kind of host."""

from litestar import Router

from app.doors.signin import entering, leaving, own_sessions
from app.doors.signin.asking import HANDLERS
from tenants.issuers import Audience

__all__ = ["HANDLERS", "ops_routes", "tenant_routes"]


def _routes(*audiences: Audience) -> Router:
    handlers = [leaving.sign_out, leaving.signed_out, leaving.signed_out_elsewhere]
    own = [own_sessions.router(each) for each in audiences]
    return Router("/", route_handlers=[entering.router(*audiences), *own, *handlers])


tenant_routes = _routes("citizen", "staff")
ops_routes = _routes("vendor")
