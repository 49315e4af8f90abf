"""The master key is changed: old sets open, and a cluster from before is opened once more."""

import base64
import secrets
from itertools import pairwise

import pytest

from infra.ids import uuid7
from infra.sealed import BrokenSeal
from infra.settings import settings
from tenants import db, registry, rotation
from tenants.backup import keyring


def _key():
    return base64.b64encode(secrets.token_bytes(32)).decode()


async def test_sets_and_a_control_database_from_before_two_rotations_open_by_the_newest_key(
    tenant, archived, monkeypatch
):
    cluster_set, own_set = uuid7(), uuid7()
    kept = [await keyring.create(cluster_set), await keyring.create(own_set, tenant)]
    await keyring.keep_tenant(tenant)
    before = await db.control.fetch_value("select sealed from tenant where id = $1", tenant.id)
    keys = [settings().master_key, _key(), _key()]
    try:
        for former, present in pairwise(keys):
            use(monkeypatch, present, former)
            await rotation.reseal()
        use(monkeypatch, keys[2], "")
        assert await keyring.read(cluster_set) == kept[0]
        assert await keyring.read(own_set, tenant.secrets.key) == kept[1]
        assert (await keyring.tenant_kept(tenant.id)).secrets == tenant.secrets
        # As after restore-cluster: what the registry holds lies under the first key again.
        await db.control.execute("update tenant set sealed = $2 where id = $1", tenant.id, before)
        with pytest.raises(BrokenSeal):
            await registry.reload()
        await rotation.reseal()
        assert (await registry.by_slug(tenant.slug)).secrets == tenant.secrets
    finally:
        use(monkeypatch, keys[0], f"{keys[1]} {keys[2]}")
        await rotation.reseal()


def use(monkeypatch, present, former):
    monkeypatch.setenv("MOTCUA_MASTER_KEY", present)
    monkeypatch.setenv("MOTCUA_FORMER_MASTER_KEYS", former)
    settings.cache_clear()
