"""Removes what the other commands made: data, caches, the virtual environment."""

import shutil
import sys
from pathlib import Path

from infra.embedded.process import Claim, Trouble, remove

ROOT = Path(__file__).resolve().parents[1]
_CACHES = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache")


def main() -> int:
    """Remove everything, unless something still runs here."""
    data = ROOT / ".data"
    try:
        if data.exists():
            claim = Claim(data, "the application runs here: stop it with Ctrl-C first")
            erase_data(data)
            claim.release()
    except Trouble as trouble:
        print(f"motcua: {trouble}", file=sys.stderr)
        return 1
    for name in _CACHES:
        remove(ROOT / name)
    for cache in (ROOT / name for name in ("app", "billing", "storage", "tenants", "infra")):
        for found in cache.rglob("__pycache__"):
            remove(found)
    shutil.rmtree(ROOT / ".venv", ignore_errors=True)
    return 0


def erase_data(data: Path) -> None:
    """Remove a data directory and what it keeps elsewhere (see `embedded.places`)."""
    for note in (*data.rglob("home-at"), *data.rglob("sockets-at")):
        remove(Path(note.read_text()))
    remove(data)


if __name__ == "__main__":
    sys.exit(main())
