"""`motcua tenant export`, and what follows when a tenant leaves or arrives."""

import argparse
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from app import lifecycle
from app.cli.parts import Verbs, add_verb, confirm, note, who
from app.doors.csv_answer import csv_of
from app.leaving import admitting, arriving, erasing, exporting, reading, removing
from app.leaving.admitting import Told
from app.leaving.certificate import HandOver
from app.leaving.refusals import LeavingRefused
from app.onestop.papers.refusals import sentence
from infra.settings import settings
from storage.shapes import StoreUnavailable

_HEADINGS = ("hồ sơ", "tệp", "lý do và việc cần làm")
_SENTENCES = {
    admitting.MISSING: "Tệp không có trong gói. Vui lòng lấy lại tệp từ nơi xuất dữ liệu.",
    admitting.UNLIKE: (
        "Tệp không đúng với ghi chép trong gói. Vui lòng lấy lại tệp từ nơi xuất dữ liệu."
    ),
}


def add_verbs(verbs: Verbs) -> None:
    """What can be asked under `motcua tenant` of a tenant that leaves or arrives."""
    out = add_verb(verbs, "export", _export, "slug")
    out.add_argument("--to", required=True, type=Path, metavar="DIR", help="an empty folder")
    out.add_argument("--resume", action="store_true", help="go on with one that was cut short")
    out.add_argument(
        "--share", type=_share, default=exporting.SHARE, help="percent of time to work"
    )
    arrive = add_verb(verbs, "import", _import, "slug")
    arrive.add_argument("--from", dest="bag", required=True, type=Path, metavar="BAG")
    arrive.add_argument("--resume", action="store_true", help="go on with one that was cut short")
    arrive.add_argument("--errors", type=Path, metavar="FILE.csv", help="files not let in go there")
    arrive.add_argument("--cluster", default="main")
    arrive.add_argument("--host", action="append", default=[], help="may be repeated")
    add_verb(verbs, "open", _open, "slug")
    add_verb(verbs, "check-bag", _check).add_argument("bag", type=Path)
    add_verb(verbs, "close", _close, "slug")
    erase = add_verb(verbs, "erase", _erase, "slug")
    erase.add_argument("--bag", required=True, type=Path, help="the bag that was handed over")
    erase.add_argument("--handed-to", help="who took it: name, post, office")
    erase.add_argument("--on", type=date.fromisoformat, help="the day of the hand-over, YYYY-MM-DD")
    erase.add_argument("--paper", help="the minutes of the hand-over: number and day")
    erase.add_argument("--confirm", help="the tenant's name, to answer the question beforehand")
    shown = add_verb(verbs, "certificate", _certificate, "slug")
    shown.add_argument("--to", required=True, type=Path, metavar="DIR")


async def _export(asked: argparse.Namespace) -> None:
    """All of a tenant into one bag."""
    tenant = await lifecycle.named(asked.slug)
    os.nice(10)
    with _told(asked.to):
        made = await exporting.export(tenant, asked.to, resume=asked.resume, share=asked.share)
    found = made.summary
    await note("tenant.export", asked.slug, bag=made.digest, rows=found.rows, files=found.files)
    for each in found.lost:
        print(f"not found in the store: {each}")
    print(f"{found.tables} tables, {found.rows} rows, {found.files} files, {found.bytes} bytes")
    print(f"{asked.to} is whole; its digest is {made.digest}")


async def _import(asked: argparse.Namespace) -> None:
    """A bag into an empty tenant."""
    os.nice(10)
    with _told(asked.bag):
        came = await arriving.take_in(
            *(asked.slug, asked.bag),
            by=who(), resume=asked.resume, cluster=asked.cluster, hosts=tuple(asked.host),
        )  # fmt: skip
    refused = len(came.refused)
    await note("tenant.import", asked.slug, rows=came.rows, files=came.files, refused=refused)
    for line in came.trail:
        print(f"the trail: {line}")
    if came.refused:
        errors = asked.errors or Path(f"{asked.slug}-tep-khong-nhan.csv")
        errors.write_bytes(csv_of([_HEADINGS, *map(_cells, came.refused)]))
        print(f"{refused} files were not let in: {errors.absolute()}")
    print(f"{came.rows} rows and {came.files} files have arrived; {asked.slug} is still closed")
    print(f"once it is open, {came.waiting} messages that wait are sent: motcua tenant open")


async def _open(asked: argparse.Namespace) -> None:
    """Open a tenant that came in."""
    tenant = await arriving.open_doors(asked.slug)
    await note("tenant.open", asked.slug)
    print(f"{asked.slug} is open at {settings().origin(tenant.host)}")


async def _check(asked: argparse.Namespace) -> None:
    """Whether a bag is whole."""
    package = reading.checked(asked.bag)
    print(f"{asked.bag} is whole: {len(package.tables)} tables; its digest is {package.digest}")


async def _close(asked: argparse.Namespace) -> None:
    """Shut a tenant whose data are handed over; open undoes it."""
    tenant = await lifecycle.named(asked.slug)
    await removing.close(tenant)
    await note("tenant.close", asked.slug)
    print(f"{asked.slug} is closed: nobody gets in and no job runs; open it with tenant open")


async def _erase(asked: argparse.Namespace) -> None:
    """A tenant gone for good, backups and keys too."""
    if asked.handed_to or asked.on or asked.paper:
        if not (asked.handed_to and asked.on and asked.paper):
            raise LeavingRefused("a hand-over needs --handed-to, --on and --paper together")
        digest = reading.digest_or_refusal(asked.bag)
        given = HandOver(bag_digest=digest, to=asked.handed_to, on=asked.on, paper=asked.paper)
        await erasing.hand_over(asked.slug, given, by=who())
    await confirm(asked.slug, asked.confirm)
    made = await erasing.erase(asked.slug, asked.bag, who())
    await note("tenant.erase", asked.slug, certificate=made.number)
    print(f"{asked.slug} is erased; certificate {made.number}: motcua tenant certificate")


async def _certificate(asked: argparse.Namespace) -> None:
    """The certificate of an erasure, once more."""
    made = await erasing.issued(asked.slug)
    asked.to.mkdir(parents=True, exist_ok=True)
    seal = {"sha256": made.digest, "signature": made.signature, "public_key": made.public_key}
    told = "".join(f"{name}: {value.hex()}\n" for name, value in seal.items())
    for ending, content in ((".pdf", made.pdf), (".json", made.document.encode())):
        (asked.to / f"{made.number}{ending}").write_bytes(content)
    (asked.to / f"{made.number}.sig.txt").write_text(f"Ed25519 over the SHA-256\n{told}")
    print(f"{made.number} is in {asked.to}")


def _cells(told: Told) -> tuple[str, ...]:
    return (told.dossiers, told.file_name, _SENTENCES.get(told.code) or sentence(told.code))


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """A full disk and a store that is away are told as what they are."""
    try:
        yield
    except StoreUnavailable as error:
        raise LeavingRefused(
            f"the store does not answer or refuses us ({error}): what is done stays done; once it"
            " is back, run this again with --resume"
        ) from None
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        raise LeavingRefused(f"{folder}: {error.strerror}; mend it and add --resume") from None


def _share(text: str) -> int:
    if text.isdigit() and 1 <= int(text) <= 100:
        return int(text)
    raise argparse.ArgumentTypeError("a share is a percentage from 1 to 100")
