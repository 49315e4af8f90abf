"""What an outside meter may say, event by event; no database."""

from datetime import date, timedelta

import msgspec
import pytest

from app.doors.usage import BatchUnfit, _events
from billing import events
from billing.events import May, Refused
from billing.shapes import Fact
from infra import clock

SOURCE = "//meter.test/gateway"
NOW = clock.now()
MAY = May(SOURCE, frozenset({"api.call"}), date(2020, 1, 1))


def event(name, quantity=1, **changes):
    return {
        "specversion": "1.0", "id": name, "source": SOURCE, "type": "vn.motcua.api.call",
        "subject": "gateway-1", "time": (NOW - timedelta(seconds=1)).isoformat(),
        "data": {"quantity": quantity}, "comexampleextension": "ignored", **changes,
    }  # fmt: skip


def read(given, may=MAY):
    return events.read(msgspec.json.encode(given), may, NOW)


def test_an_event_tells_a_fact():
    fact = read(event("a", data={"quantity": 3, "network": "viettel"}))
    assert isinstance(fact, Fact)
    assert (fact.id, fact.meter, fact.quantity, fact.network) == ("a", "api.call", 3, "viettel")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"specversion": "0.3"}, "not a CloudEvent"),
        ({"id": ""}, "1 to 200"),
        ({"id": "a~reversed"}, "no ~"),
        ({"id": "a\u0000"}, "unprintable"),
        ({"type": "api.call"}, "vn.motcua."),
        ({"time": "2026-11-01T00:00:00"}, "aware"),
        ({"time": (NOW + timedelta(minutes=6)).isoformat()}, "future"),
        ({"time": "2019-12-31T16:59:59.999999Z"}, "no contract ran"),
        ({"data": {"quantity": -1}}, "cannot be counted"),
        ({"data": {"quantity": 1.5}}, "not a CloudEvent"),
        ({"data": {"quantity": 10**16}}, "at most"),
        ({"data": {"name": "Nguyễn Văn A"}}, "not a CloudEvent"),
        ({"data": {"network": "Nguyen Van A"}}, "network"),
        ({"subject": "Nguyễn Văn A"}, "person"),
    ],
)
def test_an_event_that_cannot_be_counted_is_refused_with_the_reason(changes, reason):
    refused = read(event("a", **changes))
    assert isinstance(refused, Refused) and reason in refused.reason


def test_no_contract_no_usage():
    assert isinstance(read(event("a"), MAY._replace(first_month=None)), Refused)


def test_what_is_nested_without_end_is_refused_like_any_nonsense():
    deep = b"[" * 100_000 + b"]" * 100_000
    for raw in (deep, b'{"id": "1", "data": ' + deep + b"}", b'{"id": "\xff"}'):
        assert "not a CloudEvent" in events.read(raw, MAY, NOW).reason
    with pytest.raises(BatchUnfit):
        _events(b"[" + deep + b"]")
