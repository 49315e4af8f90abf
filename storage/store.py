"""Where a tenant's files lie: one port, two drivers.

A store knows keys and bytes; it knows neither people nor rows. Nothing here may be called inside
a unit of work that has begun: a store is reached over the network.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from minio import Minio

from infra.s3 import client
from infra.settings import Settings, settings
from storage import s3
from storage.files import FileStore
from storage.shapes import Stat
from tenants.shapes import Tenant

LINK_SECONDS = 60


class Store(Protocol):
    """The tenant's object store (kho tệp); each method raises StoreUnavailable when it is down."""

    async def prepare(self) -> None:
        """Make the bucket if it is missing; safe to repeat."""

    async def is_there(self) -> bool:
        """Whether the bucket exists; where it does not, every key is missing."""

    async def put(self, key: str, path: Path, media_type: str) -> None:
        """Store the file at `path` whole or not at all, in place of what the key held before."""

    async def stat(self, key: str) -> Stat:
        """The object's size; raises ObjectMissing."""

    def read(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The object's bytes (from `start`, `length` of them); raises ObjectMissing at once."""

    def link(self, key: str, *, file_name: str, media_type: str, seconds: int = 60) -> str:
        """An address that gives the object to whoever has it, as an attachment, for `seconds`.

        Computed here without asking the store. The caller has applied the access rule.
        """

    async def remove(self, key: str) -> None:
        """Forget the object; one that is not there is no error."""

    async def erase(self) -> None:
        """Remove the bucket with all that is in it."""


def store_of(tenant: Tenant) -> Store:
    """The store the deployment chose for `tenant`; raises BadSetting when it may not be used."""
    chosen = settings()
    if chosen.storage_driver == "s3":
        return s3.S3Store(tenant.bucket, *_clients(tenant, chosen))
    return FileStore.of(tenant, chosen)


def _clients(tenant: Tenant, chosen: Settings) -> tuple[Minio, Minio]:
    """The client for our own calls, and the one that signs links for browsers."""
    access = tenant.secrets.storage_access or chosen.s3_access_key
    secret = tenant.secrets.storage_secret or chosen.s3_secret_key
    public = chosen.s3_public_endpoint or chosen.s3_endpoint
    inner = client(chosen.s3_endpoint, access, secret, chosen.s3_region)
    return inner, client(public, access, secret, chosen.s3_region)
