"""Log lines leave the machine they were written on, and only between those who know one another."""

import re

import pytest

from tests.deploy.forms import DEPLOY

SEND, KEEP = (DEPLOY / f"watching/logs-{side}.conf" for side in ("send", "keep"))


@pytest.mark.asvs("16.4.3")
def test_every_program_sends_its_lines_to_a_system_apart_that_knows_it() -> None:
    sent, kept = SEND.read_text(), KEEP.read_text()
    asked = re.search(r're_match\(\$!_SYSTEMD_UNIT, "(.+?)"\)', sent)
    assert asked is not None
    units = {unit.stem for unit in (DEPLOY / "systemd").rglob("*.service")}
    assert {"motcua-keeper", "motcua-web@"} < units
    assert all(re.match(asked[1], unit) for unit in units)
    assert 'StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers=' in sent
    assert 'StreamDriver.AuthMode="x509/name"' in kept and "PermittedPeer=[" in kept
    assert sent.count('StreamDriverMode="1"') == kept.count('StreamDriver.Mode="1"') == 1
    # A collector that is away stops nobody and loses nothing.
    assert 'queue.filename="' in sent and 'action.resumeRetryCount="-1"' in sent
    assert re.search(r"^d /var/log/motcua 0750 root adm 53w$", _tmpfiles(), flags=re.M)


def _tmpfiles() -> str:
    return (DEPLOY / "watching/logs-keep.tmpfiles").read_text()
