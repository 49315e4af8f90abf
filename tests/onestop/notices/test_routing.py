"""Which provider gets a message: by the thousand, without a database."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from app.onestop.notices.routing import (
    LAST,
    PROBE_EVERY,
    WINDOW,
    Candidate,
    Past,
    choose,
    lot_of,
    share,
    to_probe,
)
from infra.ids import uuid7

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def past(results: str, *, ago: timedelta = timedelta(seconds=1)) -> tuple[Past, ...]:
    """`+` and `-`, the newest first, a second apart."""
    return tuple(
        Past(NOW - ago - timedelta(seconds=n), good == "+") for n, good in enumerate(results)
    )


def of(name: str, results: str = "", priority: int = 1, weight: int = 1) -> Candidate:
    return Candidate(name=name, priority=priority, weight=weight, past=past(results))


def spread(*candidates: Candidate, times: int = 4000) -> Counter[str | None]:
    return Counter(choose(candidates, n / times, NOW) for n in range(times))


def test_a_sound_provider_gets_all_of_its_priority_and_weights_share_it() -> None:
    assert spread(of("a"), of("b", priority=2)) == {"a": 4000}
    both = spread(of("a", weight=3), of("b", weight=1))
    assert abs(both["a"] - 3000) < 5


def test_three_failures_in_a_row_take_a_provider_out() -> None:
    assert share(past("---+++++++"), NOW) == 0
    assert spread(of("a", "---+++++++"), of("b", priority=2)) == {"b": 4000}


def test_what_is_half_bad_gets_less_and_the_rest_falls_to_the_next() -> None:
    found = spread(of("a", "+-+++-++++++-+++++++"), of("b", priority=2))
    assert found["a"] > found["b"] > 0


def test_few_or_old_results_are_no_judgement() -> None:
    assert share(past("--"), NOW) == 1
    assert share(past("-" * LAST, ago=WINDOW), NOW) == 1


def test_a_provider_drifts_back_with_each_good_result() -> None:
    shares = [share(past(("+" * good + "-" * LAST)[:LAST]), NOW) for good in range(LAST + 1)]
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert 0 < shares[4] < 0.5
    assert shares[LAST] == 1


def test_a_provider_that_is_down_is_probed_now_and_then() -> None:
    down = Candidate(name="a", priority=1, weight=1, past=past("---", ago=PROBE_EVERY))
    assert to_probe([down, of("b")], NOW) == "a"
    assert to_probe([of("a", "---"), of("b")], NOW) is None
    assert to_probe([of("a"), of("b")], NOW) is None


def test_when_all_are_down_the_first_is_tried_and_without_any_there_is_none() -> None:
    assert spread(of("a", "----"), of("b", "----", priority=2)) == {"a": 4000}
    assert choose([], 0.5, NOW) is None


def test_the_lot_of_a_message_is_its_own_at_each_attempt_and_fair() -> None:
    ids = [uuid7() for _ in range(4000)]
    lots = [lot_of(each, 1) for each in ids]
    assert lots == [lot_of(each, 1) for each in ids]
    assert all(0 <= lot < 1 for lot in lots)
    assert abs(sum(lots) / len(lots) - 0.5) < 0.05
    assert lot_of(ids[0], 1) != lot_of(ids[0], 2)
