"""What somebody typed never becomes code, query, pattern, template or markup: the syntax tells."""

import ast
import re
from pathlib import Path

import pytest

from tests.security.syntax import (
    FILES,
    SCRIPTS,
    SERVED,
    TEMPLATES,
    called,
    calls,
    imported,
)


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
        "app/merging/",
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
