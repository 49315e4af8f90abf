"""The demonstration notices every fact that contradicts another."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from app.demo.books import Change, Held, Paper, Told, Used
from app.demo.checks import COUNTER, ONLINE, contradictions
from app.demo.citizen import SentFile
from app.demo.desk import OpenedFile
from app.demo.story import Seen
from app.doors.words import gio_ngay
from infra.ids import uuid7

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ACTS = ("submit", "receive", "hand_over", "process", "approve", "finish", "deliver")
TITLES = ("Nộp", "Tiếp nhận", "Chuyển", "Thẩm định", "Phê duyệt", "Đã có kết quả", "Đã trả kết quả")


def held(code, statuses, events, files=()):
    skipped = len(ACTS) - len(statuses)
    moments = [AT + timedelta(minutes=n) for n in range(len(statuses))]
    rows = zip(statuses, ACTS[skipped:], TITLES[skipped:], moments, strict=True)
    identity = uuid7()
    notices = [Told(uuid7(), e, "+84905000301", f"{code}: {e}", "GSM7", 1, "sent") for e in events]
    return Held(
        id=identity, code=code, channel="online", status=statuses[-1], applicant="TRẦN VĂN HÙNG",
        received_at=AT, due_at=DUE, due_counted_again=DUE, due_is_working_day=True, rating=3,
        changes=[Change(*row) for row in rows],
        papers=list(files),
        notices=notices,
        usage=[
            Used(f"dossier:{identity}:received", "dossier.received", 1, code, AT),
            *(Used(f"notice:{n.id}:part:1", "notice.part", 1, str(n.id), AT) for n in notices),
        ],
        trail=[f"dossier.{act}" for act in ACTS[skipped:]],
        receipts=1,
    )  # fmt: skip


@pytest.fixture
def seen():
    papers = [Paper("submitted", s, f"{s}.pdf", s * 64, 1) for s in "ab"]
    online = held(
        "H08.1-261123-0001", ONLINE, ["NOP_TRUC_TUYEN", "TIEP_NHAN", "KQ_DIENTU", "DANH_GIA"],
        [*papers, Paper("result", "result", "ket-qua.pdf", "c" * 64, 1)],
    )  # fmt: skip
    counter = held("H08.1-261123-0002", COUNTER, ["TIEP_NHAN", "DANH_GIA"])
    both = (online, counter)
    notices = [notice for dossier in both for notice in dossier.notices]
    status = f"Đã trả kết quả {gio_ngay(DUE)}"
    return Seen(
        slug="binhdinh", online=online, counter=counter,
        sent=[SentFile("a", "a.pdf", "a" * 64, "tus", 9), SentFile("b", "b.pdf", "b" * 64, "form")],
        opened=[OpenedFile("a" * 64, 1), OpenedFile("b" * 64, 1)],
        result_sent="c" * 64, result_downloaded="c" * 64,
        receipts=[f"{d.code} {gio_ngay(DUE)} {d.applicant}" for d in both],
        plain_tracking=status, full_tracking=f"{status} {' '.join(TITLES)}", rated="Cảm ơn ông/bà",
        phone=[
            {"reference": str(n.id), "to": n.phone, "text": n.text, "parts": 1} for n in notices
        ],
        statement={
            "lines": [
                line("OSS", None, 1, 1000), line("DOSSIER", "dossier.received", 2, 0),
                line("SMS", "notice.part", len(notices), 0),
            ],
            "total": 1000,
        },
        facts=[{"id": u.id, "quantity": u.quantity} for d in both for u in d.usage],
    )  # fmt: skip


def line(code, meter, quantity, price):
    amount = quantity * price
    return {
        "code": code, "meter": meter, "quantity": quantity, "unit_price": price, "amount": amount,
    }  # fmt: skip


def with_online(**changes):
    return lambda seen: replace(seen, online=replace(seen.online, **changes))


def with_line(number, **changes):
    def change(seen):
        lines = list(seen.statement["lines"])
        lines[number] = lines[number] | changes
        return replace(seen, statement=seen.statement | {"lines": lines})

    return change


def with_notice(**changes):
    def change(seen):
        first, *others = seen.online.notices
        notices = [replace(first, **changes), *others]
        return replace(seen, online=replace(seen.online, notices=notices))

    return change


def without_first(name):
    return lambda seen: replace(seen, **{name: getattr(seen, name)[1:]})


WRONG = {
    "a change is missing": (
        lambda s: with_online(changes=s.online.changes[:-1])(s),
        "went through",
    ),
    "times run backwards": (
        lambda s: with_online(
            changes=[*s.online.changes[:-1], replace(s.online.changes[-1], at=AT)]
        )(s),
        "order of their times",
    ),
    "the trail has a gap": (with_online(trail=[]), "trail"),
    "the rating is lost": (with_online(rating=None), "rated 3"),
    "due on another day": (with_online(due_counted_again=DUE + timedelta(days=1)), "rules say"),
    "due on a holiday": (with_online(due_is_working_day=False), "day off"),
    "two receipts": (with_online(receipts=2), "2 receipts"),
    "the receipt says another day": (
        lambda s: replace(s, receipts=["", s.receipts[1]]),
        "receipt of",
    ),
    "a stored file differs": (
        lambda s: replace(s, sent=[replace(s.sent[0], digest="d" * 64), s.sent[1]]),
        "stored as",
    ),
    "the officer opened another file": (without_first("opened"), "officer opened"),
    "the citizen got another result": (
        lambda s: replace(s, result_downloaded="d" * 64),
        "downloaded as",
    ),
    "a message never came": (without_first("phone"), "never came"),
    "a message came unasked": (
        lambda s: replace(s, phone=[*s.phone, s.phone[0] | {"reference": "x"}]),
        "nobody asked for",
    ),
    "a message has other words": (with_notice(text="khác"), "another text"),
    "parts are counted wrongly": (with_notice(parts=2), "2, 1, 1"),
    "a message that came is pending": (with_notice(state="pending"), "is pending"),
    "strangers see the steps": (
        lambda s: replace(s, plain_tracking=s.full_tracking),
        "public tracking",
    ),
    "strangers see the name": (
        lambda s: replace(s, plain_tracking=s.plain_tracking + " TRẦN VĂN HÙNG"),
        "names the applicant",
    ),
    "tracking lacks a step": (
        lambda s: replace(s, full_tracking=s.plain_tracking),
        "lacks the step",
    ),
    "the books lack a fact": (without_first("facts"), "otherwise than the books"),
    "a dossier is not counted": (lambda s: with_online(usage=s.online.usage[1:])(s), "0 times"),
    "a part is not counted": (
        lambda s: with_online(usage=s.online.usage[:-1])(s),
        "parts were counted",
    ),
    "the statement counts otherwise": (with_line(2, quantity=5), "its facts differ"),
    "a line is not quantity times price": (with_line(2, amount=7), "quantity times price"),
    "the total is not the sum": (with_line(0, amount=999), "the lines come to"),
}


def test_a_sound_story_has_no_contradiction(seen):
    assert contradictions(seen) == []


@pytest.mark.parametrize("name", WRONG)
def test_it_is_noticed_when(seen, name):
    change, words = WRONG[name]
    found = contradictions(change(seen))
    assert any(words in text for text in found), found
