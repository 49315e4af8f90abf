"""The vendor's screens (vận hành): tenants, contracts and statements; counts, never a dossier."""

from app.doors.ops.routes import ops_routes

__all__ = ["ops_routes"]
