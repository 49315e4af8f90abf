"""What follows from a message taken, in its transaction: for who is asked, and for who asked."""

from collections.abc import Mapping
from uuid import UUID

from app.onestop.dossiers.refusals import NobodyThere
from app.onestop.exchange import asked, replies
from app.onestop.exchange.partners import PartnerView
from app.onestop.exchange.refusals import NotNow
from app.onestop.exchange.shapes import (
    Acceptance,
    Answer,
    Message,
    Question,
    Request,
    Supplement,
    Withdrawal,
)

Objects = Mapping[str, UUID]  # digest -> stored object


async def follow(sender: PartnerView, message: Message, objects: Objects) -> None:
    """Do what the message says. Raises WorkUnknown, NoSuchPart, NotNow."""
    work_id, said = message.work_id, message.content
    try:
        match said:
            case Request():
                await asked.open_work(sender, work_id, said, objects)
            case Supplement():
                await asked.supplement(sender, work_id, said, objects)
            case Withdrawal():
                await asked.withdraw(sender, work_id, said)
            case Acceptance():
                await replies.accepted(sender, work_id, said)
            case Question():
                await replies.questioned(sender, work_id, said)
            case Answer():
                await replies.answered(sender, work_id, said, objects)
    except NobodyThere:
        # Ours to mend: the next step has no post. The other side tries again until it has.
        raise NotNow from None
