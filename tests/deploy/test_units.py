"""Units of systemd: each program is shut in, and none reaches what another one has to itself."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.forms import DEPLOY

_UNITS = {".service", ".target", ".socket"}


def test_units_are_shut_in_as_well() -> None:
    for path in (DEPLOY / "systemd").glob("*.service"):
        text = path.read_text()
        for line in (
            "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n",
            "SystemCallFilter=@system-service", "User=motcua",
        ):  # fmt: skip
            assert line in text, (path.name, line)
        hidden = "secrets/owner" in text.split("InaccessiblePaths=", 1)[1].split("\n", 1)[0]
        assert hidden == any(name in path.name for name in ("web", "worker")), path.name
        if "StateDirectory=" in text:
            assert "\nLimitNOFILE=65536\n" in text and "\nLimitCORE=0\n" in text, path.name
        # What is hidden would be read through /proc of a program of the same user and group.
        assert (f"\nGroup=motcua{'' if hidden else '-owner'}\n") in text, path.name
        assert ("\nProcSubset=pid\n" in text) == ("keeper" not in path.name), path.name
        # Who knows the master key reads backups if he reaches them and their keys.
        for kept in ("/sao-luu", "/khoa-sao-luu", "/var/lib/motcua/backup-work"):
            assert hidden == bool(re.search(rf"^InaccessiblePaths=.*-{kept}\b", text, flags=re.M))


def test_no_start_of_a_unit_gives_the_papers_to_another_group() -> None:
    # systemd gives what a state directory holds, every file of it, to the user and group it starts.
    groups: dict[str, set[str]] = {}
    for path in (DEPLOY / "systemd").glob("*.service"):
        text = path.read_text()
        for line in re.findall(r"^StateDirectory=(.+)$", text, flags=re.M):
            for name in line.split():
                groups.setdefault(name, set()).update(re.findall(r"^Group=(.+)$", text, flags=re.M))
    assert set(groups) == {"motcua/staging", "motcua/papers", "motcua/backup-work"}
    assert all(len(each) == 1 for each in groups.values()), groups


def test_the_command_line_knows_the_owner_as_the_keeper_does() -> None:
    line = (DEPLOY / "systemd/motcua").read_text()
    assert "owner.env" in line and "--property=Group=motcua-owner" in line


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
@pytest.mark.parametrize("one_port", [False, True])
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path, one_port: bool) -> None:
    units = [path for path in (DEPLOY / "systemd").rglob("*.*") if path.suffix in _UNITS]
    for path in units:
        text = path.read_text()
        (tmp_path / path.name.replace("@.", "@1.")).write_text(text)
    (tmp_path / "motcua-web@2.service").write_text((tmp_path / "motcua-web@1.service").read_text())
    for number in "12" if one_port else "":
        (added := tmp_path / f"motcua-web@{number}.service.d").mkdir()
        shutil.copy(DEPLOY / "systemd/one-port/one-port.conf", added)
    units = [path for path in tmp_path.iterdir() if path.suffix in _UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", *(f"./{unit.name}" for unit in units)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "motcua" in line]
    assert ours == []
