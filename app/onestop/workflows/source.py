"""Reads the workflows (quy trình nội bộ) that ship with the product, examples to start from."""

from functools import cache
from pathlib import Path

from app.onestop.catalog.shapes import PostKind
from app.onestop.workflows.reading import read
from app.onestop.workflows.shapes import Known
from app.onestop.workflows.tree import Workflow
from app.provinces import loader

_PROCESSES = Path(__file__).parent / "processes"


@cache
def shipped() -> dict[str, Workflow]:
    """Every shipped workflow by its code. Raises ValueError naming the first unsound one."""
    found: dict[str, Workflow] = {}
    for file in sorted(_PROCESSES.glob("*.json")):
        workflow = read(file.read_bytes(), known_everywhere())
        if isinstance(workflow, list):
            raise ValueError(f"{file.name}: {workflow[0].place}: {workflow[0].reason}")
        found[workflow.code] = workflow
    return found


@cache
def known_everywhere() -> Known:
    """The agencies and posts that every shipped province has; no procedure's fields or papers."""
    provinces = [loader.load(slug) for slug in loader.slugs()]
    agencies = [{agency.key for agency in one.agencies} for one in provinces]
    posts = [{(post.key, post.kind.value) for post in one.posts} for one in provinces]
    kinds = {kind.value for kind in PostKind}
    return Known(
        agencies=frozenset(set.intersection(*agencies)),
        posts={k: PostKind(kind) for k, kind in set.intersection(*posts) if kind in kinds},
    )
