"""What must not stand in the code at all, asked of its syntax."""

import ast
import re
import ssl
import tomllib
from pathlib import Path

import pytest

from infra.tls import shield
from tests.security.syntax import (
    FILES,
    HOUSE,
    ROOMS,
    SCRIPTS,
    SERVED,
    TEMPLATES,
    called,
    calls,
    imported,
    tree,
)

# --- what would run what somebody typed -------------------------------------------------------


@pytest.mark.asvs("1.3.2", "1.5.2", "1.2.5")
def test_nothing_runs_or_revives_what_somebody_sent() -> None:
    runs = {"eval", "exec", "compile", "os.system", "os.popen", "__import__", "yaml.load"}
    assert called(SERVED, runs) == []
    revives = {"pickle", "marshal", "shelve", "dill", "jsonpickle", "yaml", "subprocess", "pty"}
    backup = [p for p in SERVED if "backup" not in p.as_posix() and "leaving" not in p.as_posix()]
    assert not revives & {name.partition(".")[0] for name in imported(backup)}
    shell = [
        file
        for file, _, call in calls(FILES)
        if any(k.arg == "shell" and getattr(k.value, "value", None) for k in call.keywords)
    ]
    assert shell == []


_RUNNERS = {"fetch", "fetch_row", "fetch_value", "fetchrow", "fetchval", "execute", "execute_many"}
# Names of databases, roles and tables of our own, put in by the command line; or one of two words.
_SCHEMA_WORK = tuple(
    [
        "tenants/clusters.py",
        "tenants/control.py",
        "tenants/provision.py",
        "tenants/backup/",
        "app/leaving/",
        "billing/settling.py",
        "app/onestop/exchange/partners.py",
        "app/trail/guard.py",
        "app/trail/checking.py",
        "app/trail/lapsing.py",
        "app/trail/sealing.py",
        "infra/",
    ]
)


@pytest.mark.asvs("1.2.4")
def test_no_query_is_put_together_from_what_somebody_sent() -> None:
    loose = []
    for file, name, call in calls(SERVED):
        if (
            name.rpartition(".")[2] not in _RUNNERS
            or not call.args
            or file.startswith(_SCHEMA_WORK)
        ):
            continue
        for part in ast.walk(call.args[0]):
            inner = part.value if isinstance(part, ast.FormattedValue) else None
            mixed = isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod)
            if mixed or (inner is not None and not _is_constant(inner)):
                loose.append(f"{file}:{call.lineno} {ast.unparse(call.args[0])[:80]}")
            if isinstance(part, ast.Call) and ast.unparse(part.func).endswith(".format"):
                loose.append(f"{file}:{call.lineno} format")
    assert loose == []


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id.upper() == node.id


@pytest.mark.asvs("1.2.9")
def test_no_pattern_is_made_of_what_somebody_typed() -> None:
    loose = []
    for file, name, call in calls(SERVED):
        if name in {"re.compile", "re.match", "re.search", "re.sub", "re.fullmatch", "re.findall"}:
            pieces = [n.value for n in ast.walk(call.args[0]) if isinstance(n, ast.FormattedValue)]
            loose += [f"{file}:{call.lineno}" for piece in pieces if not _is_constant(piece)]
            if isinstance(call.args[0], ast.Name | ast.BinOp) and not _is_constant(call.args[0]):
                loose.append(f"{file}:{call.lineno} {ast.unparse(call.args[0])}")
    # The table of routes, which ships with the product.
    assert [each for each in loose if not each.startswith("app/doors/limits_rules.py")] == []


@pytest.mark.asvs("1.3.7", "1.3.10", "1.3.5")
def test_templates_and_wordings_are_never_made_of_what_somebody_typed() -> None:
    assert [
        n for _, n, _ in calls(SERVED) if n.endswith((".render_str", ".template_from_str"))
    ] == []
    loose = [
        f"{file}:{call.lineno} {name}"
        for file, name, call in calls(SERVED)
        if name.endswith((".format", ".format_map"))
        and isinstance(call.func, ast.Attribute)
        and not isinstance(call.func.value, ast.Constant)
        and not _is_constant(call.func.value)
        and name not in {"json.format", "msgspec.json.format"}
    ]
    # Sentences out of tables of our own.
    own = ("app/doors/contract_rules.py", "app/onestop/workflows/", "app/onestop/reorganisation/")
    assert [each for each in loose if not each.startswith(own)] == []
    names = {"markdown", "bbcode", "mistune", "jinja2", "mako", "docutils", "lxml"}
    assert not names & {name.partition(".")[0] for name in imported(SERVED)}


@pytest.mark.asvs("1.3.1", "1.2.1", "1.1.2")
def test_pages_take_no_markup_from_anybody() -> None:
    trusted = {"inline_style", "shown.bar_svg", "shown.qr_svg", "qr"}
    for path in TEMPLATES:
        text = path.read_text()
        assert "autoescape" not in text, path
        found = re.findall(r"([\w.\[\]]+)\s*\|\s*safe", text)
        assert set(found) <= trusted, (path, set(found) - trusted)
    # What is trusted was drawn by us out of digits and colours.
    assert called(SERVED, {"safe", "Markup"}) == [
        line for line in called(SERVED, {"safe", "Markup"}) if line.startswith("app/doors/")
    ]


@pytest.mark.asvs("3.2.2", "1.2.3")
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_show_text_as_text(path: Path) -> None:
    text = path.read_text()
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "srcdoc",
        "javascript:",
    ):
        assert way not in text, way
    assert not re.search(r"set(Timeout|Interval)\(\s*[\"'`]", text)


@pytest.mark.asvs("3.5.5", "15.3.6", "14.3.3")
def test_scripts_listen_to_nobody_pollute_nothing_and_keep_nothing_private() -> None:
    text = "\n".join(path.read_text() for path in SCRIPTS)
    for way in (
        "postMessage",
        'addEventListener("message"',
        "__proto__",
        ".prototype",
        "Object.fromEntries",
        "indexedDB",
        "document.cookie",
        "window.opener",
    ):
        assert way not in text, way
    assert not re.search(r"for\s*\(\s*(const|let|var)\s+\w+\s+in\b", text)
    kept = re.findall(r"localStorage\.setItem\(([^,]+),", text)
    assert set(kept) == {"SINGLE_KEY_OFF"}
    # The address of an unfinished upload, for this tab alone.
    assert re.findall(r"sessionStorage\.setItem\(([^)]*)\)", text) == ["key, url"]


@pytest.mark.asvs("1.2.3", "3.7.1", "14.2.3")
def test_pages_hold_no_script_of_their_own_and_ask_no_other_server() -> None:
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.findall(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.findall(r"\son[a-z]+\s*=\s*[\"']", text), path
        assert not re.findall(r"(?:src|href|action)=[\"'](?:https?:)?//", text), path
        assert not re.findall(r"<(?:applet|object|embed|iframe|base)\b", text), path
        assert "javascript:" not in text and "hx-on" not in text, path


@pytest.mark.asvs("1.2.2")
def test_addresses_on_pages_are_whole_values_of_ours() -> None:
    """A scheme such as javascript: could only come in where an address begins with a value."""
    ours = re.compile(
        r"static\(|site\.|at\b|here\b|link\b|shown\.|file\.url|action\b|sprite|view\.|sign_in|row\[2\]"
        r"|receipt|previous|next|pdf|onward|one\.propose|month|limits|home|back|asked\.slip|address"
        r"|reprint|act\.|page\.|item\.|each\.|crumb|url|path|way|part\."
    )
    for path in TEMPLATES:
        for value in re.findall(r"(?:href|src|action)=\"\{\{\s*([^}]*)\}\}", path.read_text()):
            assert ours.match(value.strip()), (path, value)
            assert "sent" not in value and "request" not in value


# --- cryptography ------------------------------------------------------------------------------


@pytest.mark.asvs("11.3.1", "11.3.2", "11.2.1", "11.6.1", "11.2.3")
def test_only_approved_ciphers_and_signatures_are_used() -> None:
    names = {name for name in imported(SERVED) if name.startswith("cryptography.hazmat.primitives")}
    allowed = ("ciphers.aead", "asymmetric.ed25519")
    assert all(any(part in name for part in allowed) for name in names), names
    classes = {name.rpartition(".")[2] for name in names} - {"aead", "ed25519"}
    assert classes <= {"AESGCM", "Ed25519PrivateKey", "Ed25519PublicKey"}
    foreign = {"Crypto", "nacl", "rsa", "ecdsa", "M2Crypto", "pyaes", "passlib", "jose", "jwt"}
    assert not foreign & {name.partition(".")[0] for name in imported(SERVED)}


@pytest.mark.asvs("11.4.1", "11.4.3")
def test_only_strong_digests_are_used() -> None:
    allowed = set(
        [
            "hashlib.sha256",
            "hashlib.sha512",
            "hashlib.file_digest",
            "hashlib.blake2b",
            "hmac.new",
            "hmac.digest",
            "hmac.compare_digest",
        ]
    )
    weak = [
        f"{file}:{call.lineno} {name}"
        for file, name, call in calls(SERVED)
        if name.startswith(("hashlib.", "hmac."))
        and name not in allowed
        # Valkey calls a script by its SHA-1, which protects nothing.
        and not any(k.arg == "usedforsecurity" for k in call.keywords)
    ]
    assert weak == []
    for file, name, call in calls(SERVED):
        if name in {"hmac.new", "hmac.digest", "hashlib.file_digest"}:
            assert "sha256" in ast.unparse(call), file


@pytest.mark.asvs("11.5.1", "7.2.3")
def test_nothing_secret_comes_from_a_predictable_generator() -> None:
    # Ports of a trial, and a pause of chance length.
    tolerated = {"app/instance.py", "tenants/backup/marks.py", "app/keeper.py"}
    for path in SERVED:
        used = {n.partition(".")[0] for n in imported([path])}
        if "random" in used and path.relative_to(HOUSE).as_posix() not in tolerated:
            source = path.read_text()
            assert "import secrets as random" in source, path
    short = [
        f"{file}:{call.lineno}"
        for file, name, call in calls(SERVED)
        if name.endswith(("token_bytes", "token_urlsafe", "token_hex", "os.urandom"))
        and isinstance(call.args[0] if call.args else None, ast.Constant)
        and name != "os.urandom"
        and call.args[0].value < 16  # type: ignore[attr-defined]
    ]
    assert short == []


@pytest.mark.asvs("12.3.2", "12.3.4", "12.1.1")
def test_no_line_is_open_to_whoever_stands_in_between() -> None:
    for path in FILES:
        text = path.read_text()
        for way in (
            "verify=False",
            "CERT_NONE",
            "check_hostname = False",
            "_create_unverified_context",
            "PROTOCOL_TLSv1",
            "TLSVersion.TLSv1_1",
            "ssl_context=False",
            "cert_check=False",
        ):
            assert way not in text, (path, way)
        # One place makes them; a system's own default may allow older protocols.
        assert "create_default_context" not in text or path.name == "tls.py", path
    context = shield()
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.check_hostname and context.verify_mode == ssl.CERT_REQUIRED


@pytest.mark.asvs("15.3.2", "13.2.4", "13.2.5", "1.3.6")
def test_every_way_out_goes_through_the_one_door_that_judges() -> None:
    clients = set(
        [
            "httpx.AsyncClient",
            "httpx.Client",
            "httpx.get",
            "httpx.post",
            "aiohttp.ClientSession",
            "urllib.request.urlopen",
            "smtplib.SMTP",
            "smtplib.SMTP_SSL",
            "asyncio.open_connection",
            "socket.create_connection",
            "socket.getaddrinfo",
            "ftplib.FTP",
        ]
    )
    found = {line.partition(":")[0] for line in called(SERVED, clients)}
    # The scanner stands beside us and is the deployment's own (MOTCUA_CLAMD).
    assert found <= {"infra/http.py", "infra/outward.py", "storage/scan.py", "app/visitor.py"}
    assert "requests" not in {n.partition(".")[0] for n in imported(SERVED)}
    follows = [
        f
        for f, _, c in calls(SERVED)
        for k in c.keywords
        if k.arg == "follow_redirects" and getattr(k.value, "value", True)
    ]
    assert follows == []


@pytest.mark.asvs("16.2.2")
def test_there_is_one_clock_and_it_tells_utc() -> None:
    ways = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.localtime"}
    found = {line.partition(":")[0] for line in called(FILES, ways)}
    assert found == {"infra/clock.py"}
    assert "datetime.now(UTC)" in (HOUSE / "infra/clock.py").read_text()


@pytest.mark.asvs("16.2.3")
def test_nothing_is_said_beside_the_logs() -> None:
    talks = set(
        [
            "app/cli",
            "infra/bootstrap",
            "infra/clean",
            "infra/extras",
            "app/up",
            "app/demo/",
            "infra/embedded/",
            "infra/web/",
            "app/leaving/bagged/",
            "billing/recompute.py",
        ]
    )
    printed = {line for line in called(FILES, {"print"}) if not line.startswith(tuple(talks))}
    assert printed == set()
    writes = set(
        ["logging.FileHandler", "logging.handlers.SysLogHandler", "logging.handlers.HTTPHandler"]
    )
    assert called(FILES, writes) == []


@pytest.mark.asvs("16.5.2", "2.3.3")
def test_no_network_is_used_inside_a_transaction() -> None:
    """Who answers slowly must not keep a connection, and a message sent cannot be rolled back."""
    outside = {"client", "call", "fetch_token", "send", "put", "get_object", "stat"}
    for path in SERVED:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.AsyncWith) and any(
                ast.unparse(item.context_expr) == "work()" for item in node.items
            ):
                called = [
                    ast.unparse(c.func)
                    for s in node.body
                    for c in ast.walk(s)
                    if isinstance(c, ast.Call)
                ]
                bad = [
                    n
                    for n in called
                    if n.startswith(("http.", "line.", "store_of(", "lines."))
                    and n.rpartition(".")[2] in outside
                ]
                assert not bad, (path, node.lineno, bad)


@pytest.mark.asvs("1.5.1")
def test_xml_is_read_in_one_place_and_that_refuses_entities() -> None:
    readers = {
        n for f, n, _ in calls(SERVED) if n.endswith((".fromstring", ".parseString", "etree.parse"))
    }
    files = {f for f, n, _ in calls(SERVED) if n in readers}
    assert files == {"app/onestop/notices/gateways/mapping.py"}


@pytest.mark.asvs("15.2.3", "13.4.2")
def test_what_serves_people_brings_nothing_of_the_trial_along() -> None:
    for program in ("app/web.py", "app/worker.py"):
        seen: set[str] = set()
        waiting = [HOUSE / program]
        while waiting:
            for name in imported([waiting.pop()]):
                file = HOUSE / f"{name.replace('.', '/')}.py"
                package = HOUSE / name.replace(".", "/") / "__init__.py"
                for found in (file, package):
                    if found.is_file() and name not in seen:
                        seen.add(name)
                        waiting.append(found)
        trial = ("app.demo", "infra.embedded", "tests", "app.instance", "app.up", "app.accounts")
        assert not [name for name in seen if name.startswith(trial)], program
    debugs = [
        f
        for f, _, c in calls(SERVED)
        for k in c.keywords
        if k.arg in {"debug", "reload"} and getattr(k.value, "value", True)
    ]
    assert debugs == []


@pytest.mark.asvs("15.1.2")
def test_every_dependency_is_locked_by_version_and_digest_and_explained() -> None:
    text = (HOUSE / "infra/locks/run.txt").read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    pinned = [block for block in blocks if re.match(r"[a-z0-9][\w.-]*(\[[\w,]+\])?==", block)]
    assert len(pinned) > 20
    assert all("--hash=sha256:" in block for block in pinned)
    assert "--index-url" not in text and "--extra-index-url" not in text and "git+" not in text
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["dependencies"]
    told = (HOUSE / "docs/decisions/0002-dependencies.md").read_text()
    names = {re.match(r"[\w-]+", line)[0] for line in project}  # type: ignore[index]
    assert {name for name in names if name not in told} == set()


@pytest.mark.asvs("15.3.5")
def test_types_are_checked_strictly() -> None:
    chosen = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["mypy"]
    assert chosen["strict"] is True and set(chosen["files"]) == set(ROOMS)
    ignored = [f for f in SERVED if "# mypy: ignore-errors" in f.read_text()]
    assert ignored == []


@pytest.mark.asvs("13.3.1", "13.2.3")
def test_no_secret_stands_in_the_repository() -> None:
    pattern = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}"
        r"|(?:password|secret|passwd)\s*=\s*[\"'][^\"'{}$]{8,}[\"']",
        re.IGNORECASE,
    )
    for path in SERVED:
        assert not pattern.search(path.read_text()), path
