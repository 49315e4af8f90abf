"""The write-ahead log: from the receiver's directory, sealed, into the places.

Files are sealed by eras; an era has a key of its own, and each base backup begins one. So who
destroys the keys before a base leaves nothing that could roll an older state forward.
"""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import structlog

from infra.archive import Archive, ArchiveUnavailable
from infra.embedded.restored import Restored
from infra.parts import PartDamaged, open_part, seal_part
from infra.settings import settings
from tenants.backup import catalogue, keyring, places, servers
from tenants.backup.layout import Segment, segment_blob, segment_of, wal_home
from tenants.backup.rules import broken_after, era_of, needed
from tenants.backup.servers import Pulse
from tenants.backup.shapes import BackupError, BackupSet, Manifest

_log = structlog.get_logger()
# A file of which no pulse tells when it began is read whenever it might be needed.
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
_DONE = re.compile(r"[0-9A-F]{24}|[0-9A-F]{8}\.history")
_BEGUN = re.compile(r"[0-9A-F]{24}(\.partial)?|[0-9A-F]{8}\.history")
_USUAL_BYTES = 16 * 1024 * 1024


def arriving(cluster: str) -> Path:
    """Where the receiver writes the cluster's log, as it comes and unsealed."""
    return Path(settings().backup_root) / f"log-{cluster}" / "files"


async def begin_era(cluster: str) -> UUID:
    """From the next file of the log on, another key seals."""
    first = await servers.next_file(cluster)
    identity = await catalogue.begin("wal", cluster, first_segment=first)
    await keyring.create(identity)
    return identity


class Log:
    """The log of one cluster on its way into the places."""

    def __init__(self, cluster: str, system: str) -> None:
        self.cluster = cluster
        self.system = system
        self._pulses: list[Pulse] = []

    async def pulse(self) -> Pulse:
        """End the file that is being written; its end tells apart what came before and after."""
        found = await servers.pulse(self.cluster)
        self._pulses.append(found)
        return found

    def begin_anew(self) -> None:
        """Nothing that came before, and no pulse of then, belongs to the files that come now."""
        self._pulses.clear()
        for path in _listed(arriving(self.cluster)):
            path.unlink()

    async def collect(self, *, unfinished: bool = False) -> list[str]:
        """Seal the files that are whole, and take them away from where they arrived; their names.

        `unfinished`: the begun one too, when nothing will come to it any more. A place that does
        not answer gets its copies later; only the first has to.
        """
        wanted = _BEGUN if unfinished else _DONE
        done = sorted(p for p in _listed(arriving(self.cluster)) if wanted.fullmatch(p.name))
        eras = await catalogue.eras(self.cluster) if done else []
        if done and not eras:
            raise BackupError(f"{self.cluster} has no era yet: its first base backup begins one")
        for path in done:
            era = era_of(path.name, eras)
            await catalogue.grown(era.id, await self._send(era, path))
            await asyncio.to_thread(path.unlink)
        if done:
            await self._reached(done[-1].name, eras[-1].id)
        return [path.name for path in done]

    async def _send(self, era: BackupSet, path: Path) -> int:
        home = wal_home(self.cluster, self.system)
        opened_at = max((p.at for p in self._pulses if p.file < path.name), default=_UNKNOWN)
        blob = segment_blob(home, era.id, path.name, opened_at)
        key = await keyring.read(era.id)
        plain = await asyncio.to_thread(path.read_bytes)
        sealed = await asyncio.to_thread(seal_part, key, f"{home}/{path.name}", 0, True, plain)
        for number, (name, archive) in enumerate(places.own().items()):
            try:
                await archive.put(blob, sealed)
                await catalogue.copied(era.id, name)
            except ArchiveUnavailable as error:
                if number == 0:
                    raise
                _log.warning("backup_place_unavailable", place=name, error=str(error))
        return len(sealed)

    async def _reached(self, file: str, era: UUID) -> None:
        """What came before a pulse is in the archive with the file the pulse ended."""
        passed = [pulse for pulse in self._pulses if pulse.file <= file]
        if passed:
            await catalogue.reached(era, passed[-1].at)
            del self._pulses[: len(passed) - 1]


async def segments(archive: Archive, cluster: str, system: str) -> list[Segment]:
    """The files of a cluster's log in a place, in order."""
    names = await archive.names(wal_home(cluster, system) + "/")
    return sorted(found for name in names if (found := segment_of(name)))


async def fetch(base: Manifest, until: datetime | None, into: Restored) -> list[Segment]:
    """Open the files a recovery of `base` to `until` reads into a restored server's hands.

    None = to the end, or to where the log breaks off. Raises BackupError when the log breaks off
    before `until` or a file is damaged in every place, KeyGone when its key is gone.
    """
    cluster, system = base.cluster, base.system
    here: dict[str, list[tuple[Archive, Segment]]] = {}
    # A file under no key of ours was put there by somebody else.
    known = await keyring.known()
    for archive in places.own().values():
        try:
            for segment in await segments(archive, cluster, system):
                if segment.era in known:
                    here.setdefault(segment.file, []).append((archive, segment))
        except ArchiveUnavailable as error:
            _log.warning("backup_place_unavailable", error=str(error))
    wanted = needed([copies[0][1] for copies in here.values()], base.first_segment, until)
    _refuse_broken(base, wanted, until, into)
    keys = {e: await keyring.read(e) for e in {s.era for s in wanted}}
    for segment in wanted:
        content = await _opened(here[segment.file], keys, wal_home(cluster, system))
        # A begun one serves where the whole one never came.
        name = segment.file.removesuffix(".partial")
        if name == segment.file or name not in here:
            await asyncio.to_thread(into.add_log, name, content)
    return wanted


def _refuse_broken(
    base: Manifest, wanted: list[Segment], until: datetime | None, into: Restored
) -> None:
    """A recovery that meets a hole would end there and look like one that came to its target."""
    size = int(base.server.get("wal_segment_size", _USUAL_BYTES))
    last = broken_after({*into.own_log(), *(each.file for each in wanted)}, size)
    if last is None:
        return
    known = max([base.reaches_at, *(each.opened_at for each in wanted if each.file <= last)])
    told = f"the log of {base.cluster} breaks off soon after {known:%Y-%m-%d %H:%M:%S} UTC"
    if until is not None:
        raise BackupError(f"{told}: choose that moment or one before, or one after the next base")
    _log.error("backup_log_broken", cluster=base.cluster, after=last, since=known.isoformat())


def add_unfinished(cluster: str, into: Restored) -> None:
    """Hand over what arrived last and was not sealed yet, when the cluster itself is gone."""
    for path in sorted(_listed(arriving(cluster))):
        name = path.name.removesuffix(".partial")
        if _DONE.fullmatch(name) and not (into.log_home / name).exists():
            into.add_log(name, path.read_bytes())


async def _opened(
    copies: list[tuple[Archive, Segment]], keys: dict[UUID, bytes], home: str
) -> bytes:
    trouble: Exception = BackupError("no copy")
    for archive, segment in copies:
        try:
            sealed = await archive.get(segment.blob)
            label = f"{home}/{segment.file}"
            return await asyncio.to_thread(open_part, keys[segment.era], label, 0, True, sealed)
        except (ArchiveUnavailable, PartDamaged) as error:
            trouble = error
    raise BackupError(f"{copies[0][1].file} of the log cannot be read anywhere: {trouble}")


def _listed(directory: Path) -> list[Path]:
    directory.mkdir(0o700, parents=True, exist_ok=True)
    return list(directory.iterdir())
