"""What may be done with a dossier (hồ sơ), when, and by whom. Pure: answers, never raises."""

from app.onestop.dossiers.rules.acts import (
    TRANSITIONS,
    Act,
    Move,
    Need,
    Transition,
    Where,
    transition,
)
from app.onestop.dossiers.rules.asking import (
    Answer,
    Facts,
    Turn,
    acts_open,
    allowed,
    handles,
    nodes_open,
    turn_for,
    works_on,
)
from app.onestop.dossiers.rules.papers import missing_papers, unknown_slots
from app.onestop.dossiers.rules.statuses import (
    ASKED,
    ENDED,
    RUNNING,
    STATUS_NAMES,
    Delivery,
    Finance,
    Status,
)

__all__ = [
    "ASKED",
    "ENDED",
    "RUNNING",
    "STATUS_NAMES",
    "TRANSITIONS",
    "Act",
    "Answer",
    "Delivery",
    "Facts",
    "Finance",
    "Move",
    "Need",
    "Status",
    "Transition",
    "Turn",
    "Where",
    "acts_open",
    "allowed",
    "handles",
    "missing_papers",
    "nodes_open",
    "transition",
    "turn_for",
    "unknown_slots",
    "works_on",
]
