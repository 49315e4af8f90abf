"""`python -m tests.openapi.record` writes the documents of `docs/` anew; read what differs.

What would break a program written after them is refused, unless `--on-purpose` is said.
"""

import json
import sys
from pathlib import Path
from typing import Any

from app.doors.interface.document import document
from app.doors.interface.words import TENANT_SITE, VENDOR_SITE
from app.main import OPS, TENANT, create_site
from tests.openapi.breaking import breaks

_DOCS = Path(__file__).parents[2] / "docs"
SITES = {
    "openapi.json": (TENANT, TENANT_SITE),
    "openapi-vendor.json": (OPS, VENDOR_SITE),
}


def made(name: str) -> dict[str, Any]:
    """The document as the doors are now, of the site whose record has that name."""
    doors, title = SITES[name]
    return json.loads(json.dumps(document(create_site(doors), title)))


def recorded(name: str) -> dict[str, Any]:
    """The document as it was last recorded; one without operations before the first time."""
    path = _DOCS / name
    return json.loads(path.read_text()) if path.exists() else {"paths": {}}


def main(arguments: list[str]) -> int:
    """Record both sites."""
    found = {name: made(name) for name in SITES}
    broken = [line for name, each in found.items() for line in breaks(recorded(name), each)]
    print("\n".join(broken))
    if broken and "--on-purpose" not in arguments:
        return 1
    for name, each in found.items():
        text = json.dumps(each, ensure_ascii=False, indent=1, sort_keys=True)
        (_DOCS / name).write_text(f"{text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
