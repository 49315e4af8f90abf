"""Officers as the administrators' pages draw them."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from app.doors.words import ngay
from app.onestop.catalog.rules import normalise
from app.people.queries import HoldingRow, OfficerRow, PostRow
from app.people.rules import is_long_away
from infra.clock import now
from infra.settings import settings

MOST_POSTS = 40


class Holding(msgspec.Struct, frozen=True):
    """One post held, and since or until when."""

    id: UUID
    title: str
    agency: str
    period: str
    ends: bool
    own: bool  # not standing in for somebody


class OfficerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One officer; `kind` and `state` make the tag: at work, never signed in, or dismissed."""

    id: UUID
    username: str
    name: str
    kind: str
    state: str
    working: bool
    shut: bool  # nobody used the account for long
    holdings: list[Holding]
    waits: bool  # for the first sign-in
    issuer: str


class PostPick(msgspec.Struct, frozen=True, kw_only=True):
    """The posts that answer a search among hundreds, as choices of a list."""

    words: str
    choices: list[tuple[str, str]]
    more: bool


def officer_lines(rows: Sequence[OfficerRow]) -> list[OfficerLine]:
    """Everybody, those at work first."""
    return [officer_line(row) for row in rows]


def officer_line(row: OfficerRow) -> OfficerLine:
    """One officer as a line and as the head of a page."""
    working = row.dismissed_at is None
    kind, state = ("ok", "Đang làm việc") if row.has_signed_in else ("paused", "Chưa đăng nhập")
    shut = working and is_long_away(row.since, now(), settings().idle_days)
    if shut:
        kind, state = "late", "Đã khóa do lâu ngày không đăng nhập"
    if not working:
        kind, state = "done", f"Đã thu hồi quyền ngày {ngay(row.dismissed_at)}"
    return OfficerLine(
        id=row.id,
        username=row.username,
        name=row.full_name,
        kind=kind,
        state=state,
        working=working,
        shut=shut,
        holdings=[_holding(each) for each in row.posts] if working else [],
        waits=working and not row.has_signed_in,
        issuer=row.issuer or "",
    )


def post_pick(posts: Sequence[PostRow], words: str) -> PostPick:
    """The posts whose title or agency holds all the words, marks or no marks."""
    asked = normalise(words).split()
    found = [post for post in posts if asked and _holds(post, asked)]
    found.sort(key=lambda post: len(post.agency_name))  # "Quy Nhơn" before "Quy Nhơn Đông"
    choices = [(str(post.id), f"{post.title} – {post.agency_name}") for post in found[:MOST_POSTS]]
    return PostPick(words=words, choices=choices, more=len(found) > MOST_POSTS)


def _holds(post: PostRow, asked: Sequence[str]) -> bool:
    text = f" {normalise(post.title)} {normalise(post.agency_name)} "
    return all(f" {word}" in text for word in asked)


def _holding(row: HoldingRow) -> Holding:
    period = f"từ {ngay(row.from_on)}"
    if row.to_on:
        period += f" đến hết {ngay(row.to_on)}"
    if row.instead_of:
        period += f", thay {row.instead_of} theo {row.decision}"
    ends, own = row.to_on is not None, row.instead_of is None
    return Holding(row.holding_id, row.title, row.agency_name, period, ends, own)
