"""What was seen, as the one JSON object people and programs read in the end."""

from datetime import datetime
from typing import Any

from app.demo.books import Held, Used
from app.demo.story import Seen
from infra.clock import VIETNAM


def told(seen: Seen) -> dict[str, Any]:
    """One province's facts."""
    return {
        **_dossier(seen.online),
        "attachments": _attachments(seen),
        "counter": _dossier(seen.counter),
        "usage": [_used(used) for used in [*seen.online.usage, *seen.counter.usage]],
        "statement": _statement(seen.statement),
    }


def _dossier(held: Held) -> dict[str, Any]:
    return {
        "code": held.code,
        "channel": held.channel,
        "received_at": _local(held.received_at),
        "due_at": _local(held.due_at),
        "changes": [
            {"status": change.status, "title": change.title, "at": _local(change.at)}
            for change in held.changes
        ],
        "notices": [
            {"event": n.event, "text": n.text, "encoding": n.encoding, "segments": n.parts}
            for n in held.notices
        ],
        "rating": held.rating,
    }


def _attachments(seen: Seen) -> list[dict[str, Any]]:
    stored = {paper.slot: paper.digest for paper in seen.online.papers}
    opened = {file.digest for file in seen.opened}
    papers = [
        {
            "file": file.name,
            "way": file.way,
            "cut_at_byte": file.cut_at or None,
            "sent": file.digest,
            "stored": stored.get(file.slot),
            "downloaded": file.digest if file.digest in opened else None,
        }
        for file in seen.sent
    ]
    result = {
        "file": "ket-qua.pdf",
        "way": "result",
        "sent": seen.result_sent,
        "stored": stored.get("result"),
        "downloaded": seen.result_downloaded,
    }
    return [*papers, result]


def _used(used: Used) -> dict[str, Any]:
    return {
        "id": used.id,
        "meter": used.meter,
        "quantity": used.quantity,
        "at": _local(used.occurred_at),
    }


def _statement(shown: dict[str, Any]) -> dict[str, Any]:
    names = ("code", "name", "unit", "quantity", "unit_price", "amount")
    return {
        "month": shown["month"],
        "contract": shown["contract_id"],
        "currency": shown["currency"],
        "lines": [{name: line[name] for name in names} for line in shown["lines"]],
        "total": shown["total"],
    }


def _local(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")
