"""The verbs of a dossier (hồ sơ), by act. Who acts comes first; none of them commits.

`version` is the version of the dossier the person saw; None skips the comparison.
"""

from app.onestop.dossiers.service.correcting import correct
from app.onestop.dossiers.service.delivery import deliver
from app.onestop.dossiers.service.drafts import discard_draft, save_draft, start_draft
from app.onestop.dossiers.service.elsewhere import take_over
from app.onestop.dossiers.service.ending import stop, withdraw
from app.onestop.dossiers.service.extending import extend
from app.onestop.dossiers.service.far import ask_again, go_on_without
from app.onestop.dossiers.service.handling import (
    approve,
    attach_result,
    finish,
    hand_over,
    process,
    send_back,
    sign_off,
)
from app.onestop.dossiers.service.intake import intake
from app.onestop.dossiers.service.opinions import ask_opinion, give_opinion
from app.onestop.dossiers.service.pausing import ask_payment, confirm_payment, pause, resume
from app.onestop.dossiers.service.reception import receive
from app.onestop.dossiers.service.refusing import refuse
from app.onestop.dossiers.service.sharing import assign, recall
from app.onestop.dossiers.service.submission import submit
from app.onestop.dossiers.service.supplements import ask_supplement, supplement

__all__ = [
    "approve",
    "ask_again",
    "ask_opinion",
    "ask_payment",
    "ask_supplement",
    "assign",
    "attach_result",
    "confirm_payment",
    "correct",
    "deliver",
    "discard_draft",
    "extend",
    "finish",
    "give_opinion",
    "go_on_without",
    "hand_over",
    "intake",
    "pause",
    "process",
    "recall",
    "receive",
    "refuse",
    "resume",
    "save_draft",
    "send_back",
    "sign_off",
    "start_draft",
    "stop",
    "submit",
    "supplement",
    "take_over",
    "withdraw",
]
