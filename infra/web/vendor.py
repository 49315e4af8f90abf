"""Fetches the pinned front-end packages, checks them and copies the few files we serve.

Run by hand when a version changes, then commit the result: `python -m infra.web.vendor`.
Needs `npm` (only for `npm pack`) and fonttools with brotli; nothing of it is needed at run time.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

from infra.web import fonts, sprite

HERE = Path(__file__).parent
SERVED = HERE / "static" / "v"
FOR_TESTS = HERE.parents[1] / "tests" / "vendor"


class Package(NamedTuple):
    """One pinned package: `files` are copied as they are, the rest is made by a step below."""

    name: str
    version: str
    licence: str
    integrity: str  # sha512 of the tarball, as the package lock files write it
    files: tuple[str, ...] = ()
    root: Path = SERVED

    @property
    def folder(self) -> Path:
        """Where its files lie; the version is in the name, so they may be cached for ever."""
        return self.root / f"{self.name.rsplit('/', 1)[-1]}-{self.version}"


HTMX = Package(
    "htmx.org",
    "4.0.1",
    "0BSD",
    "sha512-oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/"
    "w7o2EAbTYUG5SDW1R60mdkdqGg==",
    ("dist/htmx.min.js",),
)
BE_VIETNAM = Package(
    "@fontsource/be-vietnam-pro",
    "5.3.0",
    "OFL-1.1",
    "sha512-xhAQBGHDxP5BF8IJxedy5MoWUmc1DlPCcZbMLhvnPkf8TaYCbbUVs3LjpuJ4BYdT"
    "rdiCLaewNaY8z+owq/FqFw==",
)
PLEX = Package(
    "@fontsource/ibm-plex-sans",
    "5.3.0",
    "OFL-1.1",
    "sha512-CbE4CbbEEZJX860XyUiRpsksXIQR8Rp2XDva2VO53NJox9tVNtusrysd2x5YkUEY"
    "3ErQ66W1IiiQL8/wihhw5w==",
)
LUCIDE = Package(
    "lucide-static",
    "1.62.0",
    "ISC",
    "sha512-WBZA/m2PvkFpMGHDtsBck5P2A9G4ehLlYu4GwwICcmEm1BvYVgj00lCDxKRWLlbM"
    "lOibLaiwdQ88G5pHkSWgwA==",
)
AXE = Package(
    "axe-core",
    "4.14.1",
    "MPL-2.0",
    "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASy"
    "FNNtuFooJpZe37OgudVGtQ==",
    ("axe.min.js",),
    FOR_TESTS,
)
PACKAGES = (HTMX, BE_VIETNAM, PLEX, LUCIDE, AXE)


class Tampered(Exception):
    """A tarball whose digest is not the pinned one."""


def main() -> None:
    """Fetch, check and copy all packages, then write the two lists of what lies there."""
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            vendor(package, fetch(package, Path(scratch)))
            sys.stdout.write(f"{package.folder.relative_to(Path.cwd())}\n")
    for root in (SERVED, FOR_TESTS):
        (root / "VENDORED.md").write_text(inventory(root), encoding="utf-8")


def fetch(package: Package, scratch: Path) -> Path:
    """The unpacked content of the package's tarball; raises Tampered on a wrong digest."""
    command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    said = subprocess.run(command, cwd=scratch, check=True, capture_output=True, text=True)  # noqa: S603
    tarball = scratch / said.stdout.strip().splitlines()[-1]
    digest = "sha512-" + base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if digest != package.integrity:
        raise Tampered(f"{package.name}@{package.version}: {digest}")
    target = scratch / package.name.replace("/", "-")
    with tarfile.open(tarball) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def vendor(package: Package, source: Path) -> None:
    """Fill the package's folder from its unpacked `source`; an older content is thrown away."""
    shutil.rmtree(package.folder, ignore_errors=True)
    package.folder.mkdir(parents=True)
    for name in (*package.files, "LICENSE"):
        shutil.copyfile(source / name, package.folder / Path(name).name)
    if package in (BE_VIETNAM, PLEX):
        fonts.subset(source / "files", package.folder)
    if package is LUCIDE:
        sprite.build(source / "icons", package.folder / "icons.svg")


def inventory(root: Path) -> str:
    """The Markdown list of what lies under `root`: package, licence, file, size and sha256."""
    lines = [
        "# Vendored files",
        "",
        "Written by `python -m infra.web.vendor`; the licence text lies beside each package.",
        "Fonts are subset to Vietnamese and renamed; icons are gathered into one sprite.",
        "",
        "| package | licence | file | bytes | sha256 |",
        "|---|---|---|---|---|",
    ]
    for package in PACKAGES:
        if package.root != root:
            continue
        for path in sorted(package.folder.iterdir()):
            body = path.read_bytes()
            title = f"{package.name} {package.version} | {package.licence} | {path.name}"
            lines.append(f"| {title} | {len(body)} | `{hashlib.sha256(body).hexdigest()}` |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
