"""Whether what people saw and what the databases hold say the same. Pure: names what does not."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from app.demo.books import Held, Told
from app.demo.story import Seen
from app.doors.words import gio_ngay
from app.onestop.dossiers.rules import Status
from billing.months import month_of
from infra.sms import segments

ONLINE = [1, 2, 4, 4, 4, 9, 10]
COUNTER = ONLINE[1:]
_METERS = {
    "dossier": "dossier.received",
    "notice": "notice.part",
    "storage": "storage.byte_day",
}


def contradictions(seen: Seen) -> list[str]:
    """English sentences, each naming one fact that contradicts another; empty when none does."""
    rules = (_changes, _deadlines, _files, _notices, _tracking, _usage, _statement)
    return [f"{seen.slug}: {text}" for rule in rules for text in rule(seen)]


def _changes(seen: Seen) -> Iterator[str]:
    for held, wanted in ((seen.online, ONLINE), (seen.counter, COUNTER)):
        statuses = [change.status for change in held.changes]
        times = [change.at for change in held.changes]
        if statuses != wanted:
            yield f"{held.code} went through {statuses}, not {wanted}"
        if times != sorted(times):
            yield f"the changes of {held.code} are not in the order of their times"
        if held.status != 10:
            yield f"{held.code} is {held.status}, but its last change says delivered"
        acts = Counter(f"dossier.{change.act}" for change in held.changes)
        if missing := acts - Counter(held.trail):
            yield f"the trail of {held.code} lacks {', '.join(missing)}"
    if seen.online.rating != 3 or "Cảm ơn" not in seen.rated:
        yield f"{seen.online.code} was rated 3, but {seen.online.rating} is kept"


def _deadlines(seen: Seen) -> Iterator[str]:
    for held, receipt in zip((seen.online, seen.counter), seen.receipts, strict=True):
        if held.due_at != held.due_counted_again:
            yield f"{held.code} is due {held.due_at}, but the rules say {held.due_counted_again}"
        if not held.due_is_working_day:
            yield f"{held.code} is due on a day off, {held.due_at}"
        if held.due_at <= held.received_at:
            yield f"{held.code} is due before it was received"
        for words in (held.code, gio_ngay(held.due_at), held.applicant):
            if words not in receipt:
                yield f"the receipt of {held.code} does not say {words}"
        if held.receipts != 1:
            yield f"{held.receipts} receipts were issued for {held.code}"


def _files(seen: Seen) -> Iterator[str]:
    stored = {paper.slot: paper for paper in seen.online.papers if paper.kind == "submitted"}
    opened = {file.digest for file in seen.opened}
    for file in seen.sent:
        kept = stored.get(file.slot)
        if kept is None or kept.digest != file.digest:
            yield f"{file.name} was sent as {file.digest}, but stored as {kept}"
        if file.digest not in opened:
            yield f"{file.name} is not what the officer opened"
    if len(stored) != len(seen.sent):
        yield f"{len(seen.sent)} papers were sent, {len(stored)} are stored"
    results = [paper.digest for paper in seen.online.papers if paper.kind == "result"]
    if results != [seen.result_sent] or seen.result_downloaded != seen.result_sent:
        yield (
            f"the result was attached as {seen.result_sent}, stored as {results},"
            f" downloaded as {seen.result_downloaded}"
        )


def _notices(seen: Seen) -> Iterator[str]:
    arrived = {message["reference"]: message for message in seen.phone}
    events = [notice.event for notice in seen.online.notices]
    if events != ["NOP_TRUC_TUYEN", "TIEP_NHAN", "KQ_DIENTU", "DANH_GIA"]:
        yield f"the citizen was told of {events}"
    for held in (seen.online, seen.counter):
        for notice in held.notices:
            yield from _notice(notice, arrived.pop(str(notice.id), None))
    if arrived:
        yield f"{len(arrived)} messages came that nobody asked for"


def _notice(notice: Told, message: dict[str, Any] | None) -> Iterator[str]:
    if message is None:
        yield f"the notice {notice.event} never came to the phone"
        return
    if (message["text"], message["to"]) != (notice.text, notice.phone):
        yield f"the notice {notice.event} came with another text or to another number"
    counts = (notice.parts, segments(notice.text).parts, message["parts"])
    if len(set(counts)) != 1:
        yield f"the notice {notice.event} has {counts} parts: by its row, its text, the gateway"
    if notice.state not in {"sent", "delivered"}:
        yield f"the notice {notice.event} came to the phone, but is {notice.state}"


def _tracking(seen: Seen) -> Iterator[str]:
    held = seen.online
    status = Status(held.status).title
    for change in held.changes:
        if change.title != status and change.title in seen.plain_tracking:
            yield f"the public tracking page of {held.code} tells the step {change.title}"
        if change.title not in seen.full_tracking:
            yield f"the full tracking page of {held.code} lacks the step {change.title}"
    if held.applicant in seen.plain_tracking:
        yield f"the public tracking page of {held.code} names the applicant"
    for page in (seen.plain_tracking, seen.full_tracking):
        if gio_ngay(held.due_at) not in page or status not in page:
            yield f"a tracking page of {held.code} does not say its status and when it is due"


def _usage(seen: Seen) -> Iterator[str]:
    used = [*seen.online.usage, *seen.counter.usage]
    for held in (seen.online, seen.counter):
        yield from _counted(held)
    month = month_of(max(fact.occurred_at for fact in used))
    ours = {fact.id: fact.quantity for fact in used if month_of(fact.occurred_at) == month}
    stated = {fact["id"]: fact["quantity"] for fact in seen.facts}
    if ours != stated:
        differing = sorted(ours.items() ^ stated.items())
        yield f"the province counted otherwise than the books: {differing[:4]}"


def _counted(held: Held) -> Iterator[str]:
    received = sum(fact.quantity for fact in held.usage if fact.meter == "dossier.received")
    parts = sum(fact.quantity for fact in held.usage if fact.meter == "notice.part")
    told = sum(notice.parts for notice in held.notices)
    if received != 1:
        yield f"{held.code} was counted {received} times as received"
    if parts != told:
        yield f"{parts} message parts were counted for {held.code}, its notices have {told}"


def _statement(seen: Seen) -> Iterator[str]:
    total = 0
    for line in seen.statement["lines"]:
        total += line["amount"]
        if line["meter"] is None:
            continue
        facts = [f for f in seen.facts if _meter_of(f["id"]) == line["meter"]]
        if line["quantity"] != sum(fact["quantity"] for fact in facts):
            yield f"the line {line['code']} states {line['quantity']}, its facts differ"
        if line["amount"] != line["quantity"] * line["unit_price"]:
            yield f"the line {line['code']} is not quantity times price"
    if total != seen.statement["total"]:
        yield f"the lines come to {total} đồng, the statement to {seen.statement['total']}"


def _meter_of(fact: str) -> str:
    return _METERS[fact.partition(":")[0]]
