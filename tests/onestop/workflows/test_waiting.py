"""When a clock stands still for what is awaited."""

from app.onestop.catalog.shapes import PostKind
from app.onestop.workflows.agencies import Own
from app.onestop.workflows.running import Active
from app.onestop.workflows.tree import Role, Step, Sub, Until, Wait
from app.onestop.workflows.waiting import BY_WORD, halting, reason_for, waits

WORK = Active(Step("a", "A", PostKind.SPECIALIST))
FAR = Active(Sub("x", "X", Own(), Role.LEAD, tenant="laocai"))


def await_(*kinds: Until) -> tuple[Active, ...]:
    return tuple(Active(Wait(kind.value, "Chờ", kind)) for kind in kinds)


def test_nothing_open_halts_nothing() -> None:
    assert halting(()) is None and reason_for(None) is None


def test_while_somebody_works_the_time_runs() -> None:
    for kind in Until:
        assert halting((WORK, *await_(kind))) is None
        assert halting((FAR, *await_(kind))) is None


def test_a_timer_alone_does_not_stop_the_clock_and_the_others_do() -> None:
    reasons = {kind: reason_for(halting(await_(kind))) for kind in Until}
    assert reasons == {
        Until.PAPER: "supplement", Until.PAYMENT: "financial_duty", Until.TIMER: None,
        Until.OUTSIDE: "outside_agency", Until.PUBLICATION: "publication",
    }  # fmt: skip


def test_of_several_the_citizens_part_names_the_pause() -> None:
    assert reason_for(halting(await_(*Until))) == "supplement"
    some = await_(Until.TIMER, Until.PUBLICATION, Until.OUTSIDE)
    assert reason_for(halting(some)) == "outside_agency"


def test_waits_are_found_by_what_ends_them() -> None:
    assert [w.id for w in waits((WORK, *await_(*Until)), BY_WORD)] == ["outside", "publication"]
