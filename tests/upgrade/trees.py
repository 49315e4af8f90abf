"""The code of two releases side by side: an older commit's, and this one's with a migration more.

A commit that brings no migration of its own would prove little, so the newer tree gets a probe: a
column renamed the long way, through all three phases.
"""

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from app.chains import tenant_chain
from infra.embedded.server import ROOT
from infra.migrate import Migration, chain

ROOMS = ("app", "billing", "storage", "tenants", "infra")
_FOLDERS = {
    "control": ("tenants/schema/control", "billing/schema/control"),
    "tenant": (
        *("tenants/schema/tenant", "storage/schema"),
        *("billing/schema/tenant", "app/schema"),
    ),
}
# What the older release always had, though it never looks at it.
OLD_COLUMN = """
alter table dossier add column if not exists probe_old text not null default md5(random()::text)
"""
_PROBE = {
    "probe": """
-- Whichever release writes a row, both columns hold the same.
alter table dossier add column probe_new text;
create function keep_probe() returns trigger language plpgsql as $$
begin
    new.probe_new := coalesce(new.probe_new, new.probe_old);
    return new;
end $$;
create trigger probe_kept before insert on dossier for each row execute function keep_probe();
""",
    # A table the releases ask from within transactions.
    "probe_upload": "alter table upload add column probe int not null default 0;\n",
    # Slow on purpose: somebody wants to kill it.
    "probe.migrate": """
update dossier d set probe_new = probe_old
from (select id, pg_sleep(0.4) from (
    select id from dossier where probe_new is null order by id limit least($1, 2)) n) few
where d.id = few.id
""",
    "probe.contract": """
drop trigger probe_kept on dossier;
drop function keep_probe();
alter table dossier drop column probe_old;
""",
}


class Trees(NamedTuple):
    """Two directories with a release each, and what the older one is."""

    old: Path
    new: Path
    said: str


def two_releases(place: Path, revision: str) -> Trees:
    """`revision` beside what stands here; where that cannot be, what stands here twice."""
    trees = place / "cu", place / "moi"
    for tree in trees:
        for room in ROOMS:
            shutil.copytree(ROOT / room, tree / room, symlinks=True)
    said = _turn_back(trees[0], revision)
    why = _unfit(trees[0])
    if why:
        shutil.rmtree(trees[0])
        shutil.copytree(trees[1], trees[0], symlinks=True)
        said = f"{why}: what stands here plays both releases"
    add_probe(trees[1])
    return Trees(*trees, said)


def add_probe(tree: Path) -> None:
    """Give a tree the probe's migrations."""
    newest = len(tenant_chain())
    for number, (name, sql) in enumerate(_PROBE.items(), start=newest + 1):
        (tree / f"app/schema/{number:04}_{name}.sql").write_text(sql.lstrip())


def probe() -> list[Migration]:
    """The probe's migrations."""
    newest = len(tenant_chain())
    return [
        Migration(number, f"{number:04}_{name}", sql)
        for number, (name, sql) in enumerate(_PROBE.items(), start=newest + 1)
    ]


def _turn_back(tree: Path, revision: str) -> str:
    """Make a copy of what stands here that revision; what it is, or "" when it is not at hand."""
    named = _git("log", "-1", "--format=%h %s", revision)
    if named.returncode:
        return ""
    changed = _git("diff", "--name-only", "--no-renames", revision, "--", *ROOMS)
    untracked = _git("ls-files", "--others", "--exclude-standard", "--", *ROOMS)
    for name in (*changed.stdout.decode().split(), *untracked.stdout.decode().split()):
        was = _git("show", f"{revision}:{name}")
        (tree / name).unlink(missing_ok=True)
        if was.returncode == 0:
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes(was.stdout)
    return named.stdout.decode().strip()


def _unfit(tree: Path) -> str:
    """Why a release cannot be upgraded from here; "" when it can."""
    if "signal.SIGTERM" not in (tree / "app/web.py").read_text():
        return "the older commit is not at hand, or knows of no upgrade"
    for folders in _FOLDERS.values():
        mine = chain(*(ROOT / folder for folder in folders))
        theirs = chain(*(tree / folder for folder in folders))
        if [m.digest for m in theirs] != [m.digest for m in mine[: len(theirs)]]:
            return "a migration of the older commit was edited in place"
    return ""


def _git(*words: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
