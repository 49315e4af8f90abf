"""The proxy before the web processes: what it takes, what it writes down and what not."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.onestop.notices import answering, reports
from storage import links
from tests.deploy import proxied
from tests.deploy.forms import DEPLOY
from tests.security.deployed import certificate

# A link to a file, a rating, a provider's reports and what people text us.
_OPENERS = [
    f"{links.PATH}/BiMat.BiMat", "/danh-gia/BiMat",
    f"{reports.PATH}/binhdinh/BiMat/1/BiMat", f"{answering.PATH}/binhdinh/BiMat",
]  # fmt: skip


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here")
def test_nginx_takes_the_proxys_configuration(tmp_path: Path) -> None:
    certificate(tmp_path, "cong.test")
    text = (DEPLOY / "proxy/nginx.conf").read_text()
    for old, new in (
        ("/etc/motcua/proxy/upstream.conf", str(DEPLOY / "proxy/upstream-host.conf")),
        ("/etc/motcua/tls/fullchain.pem", str(tmp_path / "cert.pem")),
        ("/etc/motcua/tls/privkey.pem", str(tmp_path / "key.pem")),
        ("/var/log/nginx", str(tmp_path)),
    ):
        assert old in text
        text = text.replace(old, new)
    whole = tmp_path / "whole.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{text}\n}}\n")
    done = subprocess.run(
        ["nginx", "-t", "-q", "-c", whole, "-p", tmp_path, "-e", tmp_path / "error.log"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_proxy_writes_no_query_strings_down() -> None:
    text = (DEPLOY / "proxy/nginx.conf").read_text()
    shape = text.split("log_format motcua", 1)[1].split(";", 1)[0]
    assert not re.search(r"\$(request|args|request_uri|http_referer|query_string)\b", shape)
    # nginx quotes the whole request in its error log from level "error" on; and what is named
    # outside of a server stands beside what the distribution's nginx.conf names, with the query.
    whole, *servers = re.split(r"^server {", text, flags=re.M)
    assert len(servers) == 2 and not re.search(r"^(access|error)_log", whole, flags=re.M)
    for server in servers:
        assert re.findall(r"access_log \S+ (.+);", server) == ["motcua"]
        assert re.findall(r"error_log \S+ (.+);", server) == ["crit"]


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here")
def test_the_proxy_writes_down_what_was_asked_and_nothing_that_opens_anything(
    tmp_path: Path,
) -> None:
    with proxied.proxy(tmp_path / "proxy"):
        # Nobody is behind it, so its own page is what all of them are answered with.
        for path in ("/thu-tuc?tim=Nguyen+Van+Bi+Mat", "/tra-cuu/Q7K2", *_OPENERS):
            assert proxied.ask(path)[0] == 503
    log = (tmp_path / "proxy/access.log").read_text()
    assert re.findall(r'"GET (\S+)" 503', log) == [
        "/thu-tuc", "/tra-cuu/Q7K2", *(f"/{path.split('/')[1]}/*" for path in _OPENERS)
    ]  # fmt: skip
    assert "BiMat" not in log and "Bi+Mat" not in log
