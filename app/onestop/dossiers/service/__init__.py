"""The verbs of a dossier (hồ sơ), by act. Who acts comes first; none of them commits.

`version` is the version of the dossier the person saw; None skips the comparison.
"""

from app.onestop.dossiers.service.delivery import deliver
from app.onestop.dossiers.service.drafts import discard_draft, save_draft, start_draft
from app.onestop.dossiers.service.handling import (
    approve,
    attach_result,
    finish,
    hand_over,
    process,
    send_back,
)
from app.onestop.dossiers.service.intake import intake
from app.onestop.dossiers.service.reception import receive
from app.onestop.dossiers.service.submission import submit

__all__ = [
    "approve",
    "attach_result",
    "deliver",
    "discard_draft",
    "finish",
    "hand_over",
    "intake",
    "process",
    "receive",
    "save_draft",
    "send_back",
    "start_draft",
    "submit",
]
