"""The fields of the form that a handler looks for, read from its code and from what it calls."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType
from typing import Any

from tests.security.routes import field_names, looked_for

_ROOM = "app.doors"


@cache
def fields_of(handler: Callable[..., Any]) -> frozenset[str]:
    """The fields of one door's form; those of every door where its own cannot be told."""
    found, seen, waiting = set(), set(), [handler]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        for node in ast.walk(_tree(function)):
            found |= set(looked_for(node))
        waiting += _called(function)
    known = {name for name in found if name and not name.startswith("__")}
    return frozenset(known & field_names()) or field_names()


@cache
def _tree(function: FunctionType) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _called(function: FunctionType) -> Iterator[FunctionType]:
    """The functions of the doors that it names, by itself or out of the factory that made it."""
    names = {node.id for node in ast.walk(_tree(function)) if isinstance(node, ast.Name)}
    known = [function.__globals__.get(name) for name in names]
    known += [cell.cell_contents for cell in function.__closure__ or ()]
    for each in known:
        each = inspect.unwrap(each) if callable(each) else each
        if isinstance(each, FunctionType) and each.__module__.startswith(_ROOM):
            yield each
