"""Each release can take over from the one before while people work."""

import ast
import re

import pytest

from app.chains import control_chain, tenant_chain
from infra.phase_rules import faults_of
from tests.house.test_layers import FILES, _name

# What had been written before anything was released; from here on no step may stop the work.
_FIRST_RELEASE = {"control": 10, "tenant": 19}
_TAKES_ALL = re.compile(r"^select \* from|returning \*")
_CHAINS = {"control": control_chain, "tenant": tenant_chain}
# Asked outside of units of work, where a statement that has grown stale is prepared anew by itself.
_MAY_TAKE_ALL = {
    "app/leaving/facts.py", "tenants/backup/catalogue.py", "tenants/rotation.py",
    "tenants/takeovers.py",
}  # fmt: skip


@pytest.mark.parametrize("name", _CHAINS)
def test_every_step_since_the_first_release_may_be_taken_beside_the_release_before(name):
    later = _CHAINS[name]()[_FIRST_RELEASE[name] :]
    assert [fault for step in later for fault in faults_of(step)] == []


def test_no_statement_takes_whatever_columns_there_are():
    """One that does fails in every open transaction as soon as an upgrade adds a column."""
    suspects = [
        path for path in FILES if re.search(r"(?i)select \*|returning \*", path.read_text())
    ]
    found = {_name(path) for path in suspects for text in _texts(path) if _TAKES_ALL.search(text)}
    assert found == _MAY_TAKE_ALL


def _texts(path):
    texts = (n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant))
    return [" ".join(text.lower().split()) for text in texts if isinstance(text, str)]
