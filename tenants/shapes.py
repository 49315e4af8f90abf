"""What a tenant is: the values every other room may know about it."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

import msgspec


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """How the tenant presents itself to people: its name, office, hotline and one colour."""

    name: str  # "Cổng Dịch vụ công tỉnh Bình Định"
    office: str  # "Trung tâm Phục vụ hành chính công tỉnh Bình Định"
    hotline: str
    colour: str  # "#rrggbb"
    address: str = ""
    sms_name: str = ""  # without marks, for text messages


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant's own secrets; they are at rest only sealed by the master key."""

    password: str  # of the login role
    key: bytes  # 32 bytes: everything the tenant signs or seals derives from it
    storage_access: str = ""
    storage_secret: str = ""
    former_password: str = ""  # while the password is being changed

    @classmethod
    def opened(cls, plain: bytes) -> Self:
        """The secrets as they were sealed."""
        return msgspec.json.decode(plain, type=cls)


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """One province, district or commune that rents the service (đơn vị thuê)."""

    id: UUID
    slug: str
    status: str  # provisioning | active | suspended
    cluster: str
    database: str
    role: str
    bucket: str
    secrets: Secrets
    site: Site
    host: str  # its first address; further ones lead to the same tenant
    schema_version: int
    created_at: datetime
    suspended_at: datetime | None = None
    suspended_until: date | None = None
    suspension_reason: str | None = None

    def __repr__(self) -> str:
        # The default would print the secrets into a log.
        return f"<Tenant {self.slug}>"
