"""The papers' files of another system: found, compared with their digests, looked into, stored."""

import asyncio
import hashlib
from pathlib import Path

from app.coming_in.shapes import PaperIn
from infra.settings import settings
from storage import inspect, service
from storage.shapes import FileRefused, StoredObject

TARGET = "coming-in"
OWNER = "system"
_LONGEST = 1000  # letters of a file's name with its folders


class Files:
    """The folder `tep` of what was handed over: by a path within it, or by a digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_digest: dict[str, Path] | None = None

    def find(self, name: str) -> Path | None:
        """The file of that name or digest; None when it is not there or leads out."""
        if len(name) > _LONGEST or "\0" in name:
            return None
        file = self._folder / name.replace("\\", "/").lstrip("/")
        return file if self._is_within(file) else self._digests().get(Path(name).stem.lower())

    def _digests(self) -> dict[str, Path]:
        if self._by_digest is None:
            found = (each for each in self._folder.rglob("*") if len(each.stem) == 64)
            self._by_digest = {each.stem.lower(): each for each in found if self._is_within(each)}
        return self._by_digest

    def _is_within(self, file: Path) -> bool:
        """Whether it is a file of the folder, wherever links on its way lead to."""
        real = file.resolve()
        return real.is_file() and real.is_relative_to(self._folder.resolve())


def digest_fits(file: Path, found: PaperIn) -> bool:
    """Whether the file has the digest it was handed over with; so without one."""
    stem = Path(found.file).stem.lower()
    wanted = found.sha256 or (stem if len(stem) == 64 else "")
    if not wanted:
        return True
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == wanted


async def look(file: Path) -> str | None:
    """Why the file would not be taken, as storage's word for it; None when it would."""
    try:
        await inspect.inspect(file, file.name, settings().upload_limit_bytes)
    except FileRefused as refused:
        return refused.code
    return None


async def store(file: Path) -> StoredObject:
    """Inspect, scan and store a copy as every upload. Raises FileRefused, StoreUnavailable."""
    content = await asyncio.to_thread(file.read_bytes)
    return await service.keep(content, file.name, OWNER, target=TARGET)
