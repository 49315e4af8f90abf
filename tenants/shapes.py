"""What a tenant is: the values every other room may know about it."""

from datetime import date, datetime
from typing import NamedTuple, Self
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


class Former(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant that joined another one (đã hợp nhất), as what people still hold of it names it."""

    id: UUID
    slug: str
    name: str  # as its pages said it
    key: bytes  # 32 bytes: what it had signed is checked by it, nothing new is sealed
    hosts: tuple[str, ...]  # its primary one first
    since: datetime  # as people are told
    retired_at: datetime  # nothing is signed by its key after

    def __repr__(self) -> str:
        # The default would print the key into a log.
        return f"<Former {self.slug}>"


class Signer(NamedTuple):
    """Whose signature something may bear: a tenant's own, or that of one it took over."""

    id: UUID
    slug: str
    host: str
    key: bytes
    retired_at: datetime | None = None  # nothing it signed is younger; None for the tenant itself


# Why a tenant is suspended while its data moves over to another; its page says so.
MERGING = "Dữ liệu đang được hợp nhất theo phương án đã duyệt"


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
    schema_floor: int = 0  # releases with fewer migrations cannot work with its database any more
    suspended_at: datetime | None = None
    suspended_until: date | None = None
    suspension_reason: str | None = None
    former: tuple[Former, ...] = ()  # tenants that joined it
    closed_at: datetime | None = None  # it had joined another then: earlier sessions are over

    def former_at(self, host: str) -> Former | None:
        """Whose old address a host is; None for the tenant's own."""
        return next((each for each in self.former if host in each.hosts), None)

    @property
    def merging(self) -> bool:
        """Whether it is closed only until its data has moved over to another tenant."""
        return self.status == "suspended" and self.suspension_reason == MERGING

    @property
    def signers(self) -> tuple[Signer, ...]:
        """Itself, then those it took over: what any of them signed is good here."""
        own = Signer(self.id, self.slug, self.host, self.secrets.key)
        others = (Signer(f.id, f.slug, f.hosts[0], f.key, f.retired_at) for f in self.former)
        return own, *others

    @property
    def keys(self) -> tuple[bytes, ...]:
        """By which something sealed or signed here may be opened; its own comes first."""
        return tuple(signer.key for signer in self.signers)

    def __repr__(self) -> str:
        # The default would print the secrets into a log.
        return f"<Tenant {self.slug}>"
