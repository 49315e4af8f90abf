"""The table of contents of the product: every door and who stands behind it."""

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.types import ControllerRouterHandler

from app.doors import (
    assets,
    exchange,
    failures,
    files,
    gateway,
    inbound,
    ops,
    portal,
    signin,
    site_files,
    usage,
)
from app.doors.admin import admin_routes
from app.doors.desk import desk_routes
from app.doors.entrance import Entrance
from app.doors.interface.door import read_interface
from app.doors.limits import Limits
from app.doors.limits_lanes import InTurn
from app.doors.origin import SameOrigin
from app.doors.portal import unchanged
from app.doors.probes import create_inner
from app.doors.sent import MOST_BYTES
from app.doors.sessions import Sessions
from app.doors.unit import UnitOfWork

SHARED: list[ControllerRouterHandler] = [assets.serve_static, read_interface]
TENANT: list[ControllerRouterHandler] = [
    site_files.serve_site_file,
    portal.portal_routes,
    signin.tenant_routes,
    desk_routes,
    admin_routes,
    files.file_routes,
    gateway.gateway_routes,
    inbound.inbound_routes,
    exchange.exchange_routes,
]
OPS: list[ControllerRouterHandler] = [signin.ops_routes, ops.ops_routes, usage.take_usage]


def create_app() -> Entrance:
    """The whole web application: one set of doors for tenants, one for the vendor."""
    tenants = unchanged.Unchanged(create_site(TENANT))
    return Entrance(InTurn(tenants), InTurn(create_site(OPS)), create_inner())


def create_site(doors: list[ControllerRouterHandler]) -> Litestar:
    """The doors of one kind of host, with what every request passes through."""
    return Litestar(
        [*SHARED, *doors],
        middleware=[SameOrigin(), Sessions(), Limits(), UnitOfWork()],
        exception_handlers={**failures.HANDLERS, **signin.HANDLERS},
        # Static files are compressed once at start; signed downloads are not text.
        compression_config=CompressionConfig(
            backend="gzip",
            minimum_size=1000,
            gzip_compress_level=5,
            exclude_opt_key="skip_compression",
        ),
        # Routes that take files read them as they come and set this limit aside.
        request_max_body_size=MOST_BYTES,
        # Our own document (docs/api.md) describes what is meant for programs, in our refusals.
        openapi_config=None,
        # The framework's own set-up would undo ours: other lines, and every address we ask.
        logging_config=None,
    )
