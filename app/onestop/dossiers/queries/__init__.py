"""Reads of dossiers, one Struct per screen. Nothing here writes or decides."""

from app.onestop.dossiers.queries.desk import (
    desk_counts,
    inbox,
    reception_queue,
    to_deliver,
    turns_at,
)
from app.onestop.dossiers.queries.drafts import draft, open_drafts
from app.onestop.dossiers.queries.finding import (
    around,
    find_dossiers,
    hand_over_count,
    hand_over_queue,
)
from app.onestop.dossiers.queries.mine import my_dossiers, my_draft
from app.onestop.dossiers.queries.page import dossier_page
from app.onestop.dossiers.queries.tracking import tracking

__all__ = [
    "around",
    "desk_counts",
    "dossier_page",
    "draft",
    "find_dossiers",
    "hand_over_count",
    "hand_over_queue",
    "inbox",
    "my_dossiers",
    "my_draft",
    "open_drafts",
    "reception_queue",
    "to_deliver",
    "tracking",
    "turns_at",
]
