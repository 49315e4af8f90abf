"""Taking another system's data in: read, judge every row, write what can be written.

Each row is written with the mark it is known by in one transaction. So a run that was cut short is
simply run again: what is here is passed over. What is wrong with one row stops no other.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from uuid import UUID

from asyncpg.exceptions import PostgresError, UniqueViolationError
from msgspec.structs import replace

from app.coming_in import files, mapping, reading, standing, writing
from app.coming_in.files import Files
from app.coming_in.judging import Words
from app.coming_in.judging_people import record_of
from app.coming_in.mapping import Meanings
from app.coming_in.refusals import CannotRead
from app.coming_in.rows import Rows
from app.coming_in.shapes import DossierIn, Origin, PaperIn, ProcedureIn, Report, Sheet, SheetName
from app.coming_in.world import KnownProcedure, World
from app.coming_in.writing import Source
from app.onestop.deadlines.refusals import ClockRefuses
from app.onestop.papers.refusals import sentence
from app.onestop.workflows.tree import from_flow
from app.people.shapes import Actor
from app.refusals import Refusal
from storage import uploads
from storage.shapes import FileRefused, StoreUnavailable
from tenants.work import reading as only_reading
from tenants.work import work

BATCH = 50  # dossiers in one transaction
_CODE_TAKEN = "Mã hồ sơ này đã có ở đây; kiểm tra có phải đã nhập tay trước đó không."
_HERE_ALREADY = "Ở đây đã có mục mang mã này; kiểm tra có phải đã nhập trước đó không."
_NO_FILE = "Không thấy tệp này trong thư mục tep; chép tệp vào rồi chạy lại."
_OTHER_BYTES = "Tệp không đúng mã băm đã giao; xin hệ thống cũ xuất lại tệp này."
_NO_STORE = "Kho giấy tờ chưa nhận được tệp lúc này; chạy lại lệnh để chuyển tiếp."
_UNKNOWN = (
    "Cơ sở dữ liệu không nhận dòng này; gửi dòng này cho nhà cung cấp dịch vụ xem nhật ký máy chủ."
)
_log = logging.getLogger(__name__)


async def receive(place: Path, meanings: Meanings, *, by: str, dry_run: bool = False) -> Report:
    """Take in what the folder or workbook holds, as the mapping says; `by` is who asks for it.

    A dry run judges everything, also the files, and writes nothing. Outside of any unit of work.
    Raises CannotRead with all that is wrong with folder or mapping.
    """
    names = {name: columns.name for name, columns in meanings.sheets.items()}
    sheets = reading.read(place, names)
    known = await standing.world()
    if wrong := mapping.faults(meanings, sheets, standing.names_of(known)):
        raise CannotRead(wrong)
    actor = Actor(kind="system", name=f"Chuyển dữ liệu: {by}")
    source = Source(meanings.source, meanings.source_name, actor)
    taking = _Taking(source, sheets, Words(meanings), Files(reading.files_beside(place)))
    if dry_run:
        with only_reading():
            return await taking.run(known, dry_run=True)
    await uploads.forsake(files.TARGET)  # what a run that was cut short had begun to store
    return await taking.run(known, dry_run=False)


class _Taking:
    """One import at work."""

    def __init__(
        self, source: Source, sheets: Mapping[SheetName, Sheet], words: Words, folder: Files
    ) -> None:
        self._source, self._sheets, self._words, self._files = source, sheets, words, folder
        self._arrived: dict[str, UUID | None] = {}  # None on a dry run

    async def run(self, known: World, *, dry_run: bool) -> Report:
        """All sheets, each after those it leans on."""
        before = await standing.here(self._source.key)
        self._rows = Rows(self._sheets, self._words, before)
        self._arrived = {
            old_id: came.subject_id
            for (sheet, old_id), came in before.items()
            if sheet is SheetName.DOSSIERS
        }
        self._dry = dry_run
        for person in list(self._rows.people(known)):
            write = partial(writing.write_person, self._source, person)
            await self._one(person.origin, "username", write)
        known = await self._procedures(known)
        self._rows.lonely_steps()
        await self._dossiers(known)
        for paper in list(self._rows.papers(self._arrived)):
            await self._paper(paper)
        return self._rows.report

    async def _procedures(self, known: World) -> World:
        """Write the new procedures; the world with them in it."""
        more = {}
        for found in list(self._rows.procedures(known)):
            write = partial(writing.write_procedure, self._source, found)
            done = await self._one(found.origin, "code", write)
            if done:
                more[found.code] = self._new(found, known)
        return replace(known, procedures={**known.procedures, **more})

    def _new(self, found: ProcedureIn, known: World) -> KnownProcedure:
        document = record_of(found, self._source.name)
        closed = found.closed_on is not None and found.closed_on < known.now.date()
        return KnownProcedure(document, from_flow(document.flow), None, not closed)

    async def _dossiers(self, known: World) -> None:
        ids = await standing.procedure_ids()
        for batch in _batches(self._rows.dossiers(known), BATCH):
            free = await self._free(batch)
            if self._dry:
                self._arrived.update({each.origin.old_id: None for each in free})
                continue
            await self._batch(free, partial(self._put, ids=ids, known=known))

    async def _batch(
        self, batch: list[DossierIn], put: Callable[[list[DossierIn]], Awaitable[None]]
    ) -> None:
        """Write them together; where one cannot be written, each by itself."""
        try:
            async with work():
                await put(batch)
        except (PostgresError, Refusal, ClockRefuses):
            for each in batch:
                if not await self._one(each.origin, "code", partial(put, [each])):
                    self._arrived.pop(each.origin.old_id, None)

    async def _free(self, batch: list[DossierIn]) -> list[DossierIn]:
        """Those whose code nobody has, here or in the batch."""
        taken = await standing.taken([each.code for each in batch])
        free = []
        for each in batch:
            if each.code in taken:
                self._fault(each.origin, "code", _CODE_TAKEN)
            else:
                taken.add(each.code)
                free.append(each)
        return free

    async def _put(self, batch: list[DossierIn], *, ids: Mapping[str, UUID], known: World) -> None:
        for each in batch:
            code = each.procedure_code
            self._arrived[each.origin.old_id] = await writing.write_dossier(
                self._source, each, ids[code], known.procedures[code]
            )

    async def _one(self, origin: Origin, field: str, write: Callable[[], Awaitable[None]]) -> bool:
        """Write one row in a transaction of its own; what refuses it becomes its fault."""
        if self._dry:
            return True
        try:
            async with work():
                await write()
        except UniqueViolationError:
            self._fault(origin, field, _HERE_ALREADY)
        except Refusal as refused:
            self._fault(origin, field, " ".join([refused.message, *refused.fields.values()]))
        except (PostgresError, ClockRefuses) as error:
            _log.warning("row %s of %s: %s", origin.number, origin.sheet, type(error).__name__)
            self._fault(origin, field, _UNKNOWN)
        else:
            return True
        return False

    async def _paper(self, found: PaperIn) -> None:
        file = self._files.find(found.file) if found.file else None
        if found.file and file is None:
            return self._fault(found.origin, "file", _NO_FILE)
        if file is not None and not files.digest_fits(file, found):
            return self._fault(found.origin, "file", _OTHER_BYTES)
        # Looked into before anything is begun: what is refused on every run leaves nothing behind.
        code = await files.look(file) if file else None
        if code:
            return self._fault(found.origin, "file", sentence(code))
        if self._dry:
            return None
        try:
            stored = await files.store(file) if file else None
        except FileRefused as refused:
            return self._fault(found.origin, "file", sentence(refused.code))
        except StoreUnavailable:
            return self._fault(found.origin, "file", _NO_STORE)
        dossier_id = self._arrived[found.dossier]
        assert dossier_id is not None, "only a dry run knows no ids"
        write = partial(writing.write_paper, self._source, found, dossier_id, stored)
        await self._one(found.origin, "name", write)

    def _fault(self, origin: Origin, field: str, said: str) -> None:
        self._rows.fault(origin.sheet, origin.number, field, said)


def _batches(found: Iterable[DossierIn], size: int) -> Iterator[list[DossierIn]]:
    waiting = iter(found)
    while batch := list(islice(waiting, size)):
        yield batch
