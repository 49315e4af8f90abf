"""May this person do that with this dossier now? Pure: answers, never raises."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from app.onestop.catalog.shapes import PostKind
from app.onestop.dossiers.rules.acts import (
    ANY_POST,
    TRANSITIONS,
    Act,
    Need,
    Transition,
    Where,
    transition,
)
from app.onestop.dossiers.rules.statuses import Status
from app.people.shapes import Actor


class Turn(Struct, frozen=True, kw_only=True):
    """One piece of open work (việc đang mở): a step of the workflow, or an opinion asked for.

    `officer_id`: it is assigned to that holder of the post; None: to any of them. `last`: nothing
    but the result is left after it. `signs`: the last of several leaders' steps.
    `may_go_back`: a leader's step with a specialist's before it.
    """

    id: UUID
    node: str
    kind: PostKind | None
    agency_id: UUID
    post_id: UUID | None
    officer_id: UUID | None = None
    opinion: bool = False
    last: bool = False
    signs: bool = False
    may_go_back: bool = False


class Facts(Struct, frozen=True, kw_only=True):
    """What the rules must know of a dossier; `status` None: there is none yet.

    `agencies`: those that have had work with it beside the competent one. `has_result` also when
    it is declared to be on paper. `decided`: the leaders have settled it. `own_last`: the officer
    whose step was the last thing that happened, while nobody has touched what came of it.
    `desk_agency_id`: whose desk took it in for the competent agency, None: that one itself;
    `on_its_way`: it has not come from there yet. `halted`: it is paused for what the workflow waits
    for, and not by an officer. `awaits_word`: the answer of somebody outside is awaited, or a
    publication runs. `far`: a part of the workflow lies with another system.
    """

    status: Status | None
    agency_id: UUID
    agencies: frozenset[UUID] = frozenset()
    desk_agency_id: UUID | None = None
    on_its_way: bool = False
    citizen_id: UUID | None = None
    turns: tuple[Turn, ...] = ()
    has_result: bool = False
    decided: bool = False
    paused: bool = False
    halted: bool = False
    awaits_word: bool = False
    far: bool = False
    requests: int = 0
    overdue: bool = False
    extensions: int = 0
    own_last: UUID | None = None


class Answer(StrEnum):
    """What the rules say to an act."""

    YES = "yes"
    NOT_YOURS = (
        "not_yours"  # does no work in the agency: the dossier does not exist for this person
    )
    NOT_YOUR_WORK = "not_your_work"  # another kind of post does this
    NOT_YOUR_TURN = "not_your_turn"  # the right kind, but another post's or officer's turn
    NOT_NOW = "not_now"  # the dossier stands elsewhere
    NO_RESULT = "no_result"
    DECIDED = "decided"  # the result is settled: too late to stop
    PAUSED = "paused"
    NEEDS_LEADER = "needs_leader"  # a second request for papers is the leader's
    TOO_LATE = "too_late"  # an extension comes before the deadline is over
    EXTENDED = "extended"  # and once only


# What is said when a need is not met; NOT_NOW where there is nothing better to say.
_UNMET = {
    Need.RESULT: Answer.NO_RESULT,
    Need.UNDECIDED: Answer.DECIDED,
    Need.GOING: Answer.PAUSED,
    Need.UNHELD: Answer.PAUSED,
    Need.FIRST_REQUEST: Answer.NEEDS_LEADER,
    Need.IN_TIME: Answer.TOO_LATE,
    Need.NOT_EXTENDED: Answer.EXTENDED,
}


def allowed(act: Act, facts: Facts, actor: Actor, node: str | None = None) -> Answer:
    """Whether the actor may do this now (được phép thực hiện), and if not, why; `node`: at that
    open work and no other."""
    row = transition(act)
    if not _may_see(row, facts, actor):
        return Answer.NOT_YOURS
    if not _does_such_work(row, facts, actor):
        return Answer.NOT_YOUR_WORK
    turns = _fitting(row, facts, node)
    if not _starts(row, facts.status) or (_at_a_step(row) and not turns):
        return Answer.NOT_NOW
    if row.there:
        turns = _within_reach(row, turns, actor)
    if row.there and not turns:
        return Answer.NOT_YOUR_TURN
    if row.turn and not any(_has(turn, actor) for turn in turns):
        return Answer.NOT_YOUR_TURN
    unmet = [need for need in row.needs if not _met(need, facts, actor, turns)]
    return _UNMET.get(unmet[0], Answer.NOT_NOW) if unmet else Answer.YES


def turn_for(act: Act, facts: Facts, actor: Actor, node: str | None = None) -> Turn | None:
    """The open work an allowed act is done at; the actor's own first. None where it needs none."""
    row = transition(act)
    fitting = _fitting(row, facts, node)
    fitting = _within_reach(row, fitting, actor) if row.there else fitting
    return next((turn for turn in fitting if _has(turn, actor)), next(iter(fitting), None))


def acts_open(facts: Facts, actor: Actor) -> list[Act]:
    """What the actor may do with the dossier now, in the table's order: the page's buttons."""
    return [row.act for row in TRANSITIONS if allowed(row.act, facts, actor) is Answer.YES]


def nodes_open(act: Act, facts: Facts, actor: Actor) -> list[str]:
    """At which open work the actor may do the act now; empty where it needs none."""
    nodes = [turn.node for turn in _fitting(transition(act), facts, None)]
    return [node for node in nodes if allowed(act, facts, actor, node) is Answer.YES]


def handles(agency_id: UUID, actor: Actor) -> bool:
    """Whether the agency's dossiers are this officer's work; an administrator's post is not.

    What an agency had when it ended lies with the agencies that followed it.
    """
    return any(post.serves(agency_id) and post.kind in ANY_POST for post in actor.posts)


def works_on(facts: Facts, actor: Actor) -> bool:
    """Whether the officer's agency is the competent one, has had work with the dossier, or took it
    in."""
    helps = any(post.agency_id in facts.agencies and post.kind in ANY_POST for post in actor.posts)
    return helps or handles(facts.agency_id, actor) or _took_in(facts, actor, ANY_POST)


def _took_in(facts: Facts, actor: Actor, who: Sequence[PostKind]) -> bool:
    desk = facts.desk_agency_id
    return desk is not None and any(p.serves(desk) and p.kind in who for p in actor.posts)


def _may_see(row: Transition, facts: Facts, actor: Actor) -> bool:
    if actor.kind == "citizen":
        own = facts.status is None or (actor.id is not None and facts.citizen_id == actor.id)
        return row.citizen and own
    return bool(row.who) and works_on(facts, actor)


def _does_such_work(row: Transition, facts: Facts, actor: Actor) -> bool:
    if actor.kind == "citizen":
        return row.citizen
    # Outside its own turn an agency that only helps has no say in the dossier.
    agencies = {facts.agency_id}
    if row.turn or row.there:
        agencies |= {turn.agency_id for turn in facts.turns}
    if row.either_desk and _took_in(facts, actor, row.who):
        return True
    return any(post.agency_id in agencies and post.kind in row.who for post in actor.posts)


def _starts(row: Transition, status: Status | None) -> bool:
    return status in row.starts if row.starts else status is None


def _at_a_step(row: Transition) -> bool:
    return row.turn or row.step is not None or row.where is not Where.ANY


def _within_reach(row: Transition, turns: list[Turn], actor: Actor) -> list[Turn]:
    """The work that lies with an agency the actor does such work at."""
    at = {post.agency_id for post in actor.posts if post.kind in row.who}
    return [turn for turn in turns if turn.agency_id in at]


def _fitting(row: Transition, facts: Facts, node: str | None) -> list[Turn]:
    if not _at_a_step(row):
        return []
    opinion = Need.OPINION in row.needs
    return [
        turn
        for turn in facts.turns
        if turn.opinion == opinion
        and node in (None, turn.node)
        and row.step in (None, turn.kind)
        and (row.where is Where.ANY or (row.where is Where.LAST) == turn.last)
    ]


def _has(turn: Turn, actor: Actor) -> bool:
    if turn.post_id not in {post.id for post in actor.posts}:
        return False
    return turn.officer_id in (None, actor.id)


def _met(need: Need, facts: Facts, actor: Actor, turns: list[Turn]) -> bool:
    mine = next((turn for turn in turns if _has(turn, actor)), None)
    return {
        Need.RESULT: facts.has_result,
        Need.UNDECIDED: not facts.decided,
        Need.GOING: not facts.paused,
        Need.UNHELD: not facts.paused or facts.halted,
        Need.PAUSED: facts.paused or facts.awaits_word,
        Need.FIRST_REQUEST: facts.requests == 0,
        Need.LATER_REQUEST: facts.requests > 0,
        Need.IN_TIME: not facts.overdue,
        Need.NOT_EXTENDED: facts.extensions == 0,
        Need.BACK: mine is not None and mine.may_go_back,
        Need.SIGNS: mine is not None and mine.signs,
        Need.APPROVES: mine is not None and not mine.signs,
        Need.OWN_LAST: actor.id is not None and facts.own_last == actor.id,
        Need.ELSEWHERE: facts.desk_agency_id is not None,
        Need.ON_ITS_WAY: facts.on_its_way,
        Need.HERE: not facts.on_its_way,
        Need.FAR: facts.far,
        Need.OPINION: True,
    }[need]
