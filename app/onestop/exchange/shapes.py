"""What two systems say to each other: one message, whole or not at all.

Field names are the interface: other systems read them. Moments are UTC, digests SHA-256 in
hexadecimal.
"""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.onestop.dossiers.shapes import Applicant, PaperForm
from infra.clock import Moment

Line = Annotated[str, Meta(min_length=1, max_length=500)]
# The longest name of a result in the national catalogue has 756 letters.
Title = Annotated[str, Meta(min_length=1, max_length=2000)]
Note = Annotated[str, Meta(max_length=4000)]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
MOST_PAPERS = 200


class File(msgspec.Struct, frozen=True, kw_only=True):
    """The file of a paper; its bytes are sent before the message, under their digest."""

    name: Line
    sha256: Digest
    size: Annotated[int, Meta(gt=0)]  # bytes


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A paper (giấy tờ) of the dossier; without a file it exists on paper only."""

    slot: Name
    name: Title
    form: PaperForm
    quantity: Annotated[int, Meta(ge=1, le=99)] = 1
    file: File | None = None


Papers = Annotated[tuple[Paper, ...], Meta(max_length=MOST_PAPERS)]


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="request"):
    """Please do this part of a dossier's work (yêu cầu liên thông).

    `agency` is the key of the agency asked, the same in every province; `procedure` the national
    code of what it shall do; `code` the sender's own code of the dossier.
    """

    procedure: Name
    agency: Name
    code: Name
    title: Line
    role: Annotated[str, Meta(pattern="^(lead|support)$")]
    applicant: Applicant
    summary: Note
    case_id: Name | None = None
    wanted_by: Moment | None = None
    papers: Papers = ()


class Supplement(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="supplement"):
    """Papers that had been asked for (bổ sung)."""

    note: Note = ""
    papers: Papers = ()


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="withdrawal"):
    """The work is no longer wanted (rút yêu cầu)."""

    reason: Note


class Acceptance(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="acceptance"):
    """The agency has received it (tiếp nhận) and says by when it will be done."""

    code: Name
    due_at: Moment | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="question"):
    """Papers are wanting (yêu cầu bổ sung): which, and why."""

    code: Name
    items: Annotated[tuple[Line, ...], Meta(max_length=50)]
    note: Note = ""
    reply_by: Moment | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="answer"):
    """The work is over: `finished` with its results, else refused, stopped or withdrawn there."""

    code: Name
    finished: bool
    status: Line  # as the other system calls it, in Vietnamese
    note: Note = ""
    papers: Papers = ()


Content = Request | Supplement | Withdrawal | Acceptance | Question | Answer
# Who is asked says these; the others are said by who asks.
ANSWERS = (Acceptance, Question, Answer)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message. `id` is the same at every attempt; `work_id` names the work it belongs to, as
    the asking system does. Those of one work are sent in their order, one after the other."""

    id: UUID
    work_id: UUID
    sent_at: Moment
    content: Content


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The other system has the message for good (đã nhận): nothing more needs to be sent."""

    id: UUID
    taken_at: Moment


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """It will never take the message as it is; `message` is Vietnamese, for the officer."""

    code: str
    message: str


def kind_of(content: Content) -> str:
    """The content's kind as rows keep it."""
    return str(content.__struct_config__.tag)


def moments_of(message: Message) -> tuple[Moment, ...]:
    """The moments a message names."""
    said = message.content
    names = ("wanted_by", "due_at", "reply_by")
    return (message.sent_at, *(at for name in names if (at := getattr(said, name, None))))


def papers_of(content: Content) -> tuple[Paper, ...]:
    """The papers a message brings, none where it brings none."""
    return content.papers if isinstance(content, Request | Supplement | Answer) else ()


def files_of(content: Content) -> tuple[File, ...]:
    """The files to send before the message, each once."""
    found = {paper.file.sha256: paper.file for paper in papers_of(content) if paper.file}
    return tuple(found.values())
