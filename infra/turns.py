"""Few places and many parties: each gets its fair share, whoever asks most gets no more.

A party's waiting line is made of one line for each asker, served in turn, so that neither a loud
party nor a loud asker within it can hold up the others. Lines are short: who finds no room, or
waits too long, is told at once (`Busy`) instead of waiting for something nobody reads any more.
"""

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import NamedTuple

Turn = asyncio.Future[None]
Line = OrderedDict[str, deque[Turn]]  # asker -> turns, the next asker first

# Who asked within this time counts as present, even between two of its requests.
_PRESENT_SECONDS = 1.0


class Busy(Exception):
    """There is no place, and the line is full or has not moved for too long."""


class Room(NamedTuple):
    """How much there is of it."""

    places: int  # at work at once, all parties together
    most: int  # of one party, while nobody else is there
    least: int  # of one party, however many are there
    waiting: int  # in the line of one party
    seconds: float  # in the line


def share(places: int, most: int, least: int, present: int) -> int:
    """How many places one of `present` parties may hold."""
    return max(least, min(most, places // max(1, present)))


class Turns:
    """`take` a place for a party, work, `give` it back."""

    def __init__(self, room: Room, clock: Callable[[], float] = time.monotonic) -> None:
        self.room = room
        self._clock = clock
        self._busy: Counter[str] = Counter()
        self._lines: OrderedDict[str, Line] = OrderedDict()  # party -> line, the next party first
        self._seen: OrderedDict[str, float] = OrderedDict()  # party -> when, the longest ago first
        self._returning: set[Turn] = set()

    def busy(self, party: str) -> int:
        """How many places the party holds now."""
        return self._busy[party]

    def waiting(self, party: str) -> int:
        """How many stand in the party's line."""
        return sum(len(turns) for turns in self._lines.get(party, {}).values())

    async def take(self, party: str, asker: str = "", *, again: bool = False) -> None:
        """Wait for a place; `again`, for who had one before, is never refused. Raises Busy."""
        self._note(party)
        if party not in self._lines and self._has_room(party):
            self._busy[party] += 1
            return
        turn = self._stand(party, asker, again)
        try:
            async with asyncio.timeout(None if again else self.room.seconds):
                await turn
        except BaseException as failure:
            self._leave(party, asker, turn)
            if isinstance(failure, TimeoutError):
                raise Busy from None
            raise
        self._returning.discard(turn)

    def give(self, party: str) -> None:
        """The place is free again, for whoever's turn it is."""
        self._busy[party] -= 1
        if not self._busy[party]:
            del self._busy[party]
        self._call()

    def _has_room(self, party: str) -> bool:
        room = self.room
        mine = share(room.places, room.most, room.least, len(self._seen))
        return self._busy[party] < mine and self._busy.total() < room.places

    def _note(self, party: str) -> None:
        at = self._clock()
        self._seen[party] = at
        self._seen.move_to_end(party)
        while self._seen[next(iter(self._seen))] < at - _PRESENT_SECONDS:
            self._seen.popitem(last=False)

    def _stand(self, party: str, asker: str, again: bool) -> Turn:
        line = self._lines.setdefault(party, OrderedDict())
        if not again and self.waiting(party) >= self.room.waiting:
            self._make_way(line, asker)
        turn: Turn = asyncio.get_running_loop().create_future()
        if again:
            self._returning.add(turn)
        line.setdefault(asker, deque()).append(turn)
        return turn

    def _make_way(self, line: Line, asker: str) -> None:
        """The last of whoever has most in the line goes; raises Busy when that is the newcomer."""
        longest = max(line, key=lambda each: len(line[each]))
        last = next((turn for turn in reversed(line[longest]) if self._may_go(turn)), None)
        if last is None or len(line[longest]) <= len(line.get(asker, ())) + 1:
            raise Busy
        # Its `_leave` takes it out of the line.
        last.set_exception(Busy())

    def _may_go(self, turn: Turn) -> bool:
        return not turn.done() and turn not in self._returning

    def _leave(self, party: str, asker: str, turn: Turn) -> None:
        line: Line = self._lines.get(party, OrderedDict())
        self._returning.discard(turn)
        if turn in line.get(asker, ()):
            line[asker].remove(turn)
            self._tidy(party, asker)
        elif turn.done() and not turn.cancelled() and turn.exception() is None:
            self.give(party)  # It was called in the very moment it gave up.

    def _tidy(self, party: str, asker: str) -> None:
        line = self._lines[party]
        if not line[asker]:
            del line[asker]
        if not line:
            del self._lines[party]

    def _call(self) -> None:
        """Give free places to those whose turn it is, party by party and asker by asker."""
        while party := next((each for each in self._lines if self._has_room(each)), None):
            line = self._lines[party]
            asker = next(iter(line))
            turn = line[asker].popleft()
            line.move_to_end(asker)
            self._lines.move_to_end(party)
            self._tidy(party, asker)
            if not turn.done():
                self._busy[party] += 1
                turn.set_result(None)
