"""Names of blobs: what lies where in a place. Pure."""

import re
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

_MOMENT = "%Y%m%dT%H%M%S%fZ"
_REST = "[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_LOGGED = re.compile(
    r"clusters/[^/]+/wal/(?:[0-9A-F]{24}(?:\.partial)?|[0-9A-F]{8}\.history)\.[^/]+$"
)
# A set's id says when it was made, so its first digit stays 0 for some centuries.
_HOME = re.compile(
    rf"(?:clusters/[^/]+/base|tenants/[0-9a-f]{{8}}-{_REST}/dump)/0[0-9a-f]{{7}}-{_REST}"
)


class Segment(NamedTuple):
    """One sealed file of the write-ahead log; no commit in it is from before `opened_at`."""

    file: str  # as PostgreSQL calls it
    opened_at: datetime
    blob: str
    era: UUID  # whose key sealed it


def cluster_home(cluster: str, system: str) -> str:
    """Where a cluster's sets are. Another cluster of the same name has another identifier."""
    return f"clusters/{cluster}-{system}"


def base_home(cluster: str, system: str, identity: UUID) -> str:
    """Where a base backup's parts are."""
    return f"{cluster_home(cluster, system)}/base/{identity}"


def wal_home(cluster: str, system: str) -> str:
    """Where the log of a cluster is."""
    return f"{cluster_home(cluster, system)}/wal"


def tenant_home(tenant_id: UUID) -> str:
    """Where everything of one tenant is."""
    return f"tenants/{tenant_id}"


def dump_home(tenant_id: UUID, identity: UUID) -> str:
    """Where the parts of a tenant's own backup are."""
    return f"{tenant_home(tenant_id)}/dump/{identity}"


def file_blob(tenant_id: UUID, digest: str) -> str:
    """The blob of one file of a tenant, by the SHA-256 of its content."""
    return f"{tenant_home(tenant_id)}/files/{digest[:2]}/{digest}"


def manifest_blob(home: str) -> str:
    """The blob that makes a set whole."""
    return f"{home}/manifest.json"


def segment_blob(home: str, era: UUID, file: str, opened_at: datetime) -> str:
    """The blob of one file of the log."""
    return f"{home}/{file}.{opened_at.astimezone(UTC):{_MOMENT}}.{era}"


def segment_of(blob: str) -> Segment | None:
    """What a blob's name says; None when it is no file of a log."""
    if not _LOGGED.match(blob):
        return None
    try:
        file, moment, era = blob.rpartition("/")[2].rsplit(".", 2)
        opened_at = datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC)
        return Segment(file, opened_at, blob, UUID(era))
    except ValueError:
        return None


def set_home(blob: str) -> str | None:
    """The set a blob is a part of; None when it is none of a base or of a tenant's own backup."""
    home = blob.rpartition("/")[0]
    return home if _HOME.fullmatch(home) else None


def set_of(home: str) -> tuple[UUID, UUID | None]:
    """The identity of the set at a home that `places.manifests` found, and its tenant's, if any."""
    kind, whose, _, identity = home.split("/")
    return UUID(identity), UUID(whose) if kind == "tenants" else None


def key_blob(identity: UUID) -> str:
    """The blob of a set's key, in the place for keys."""
    return f"sets/{identity}.key"


def master_key_blob(mark: str) -> str:
    """The blob of a former master key, in the place for keys."""
    return f"masters/{mark}.key"


def tenant_key_blob(tenant_id: UUID) -> str:
    """The blob of a tenant's own secrets, in the place for keys."""
    return f"tenants/{tenant_id}.key"
