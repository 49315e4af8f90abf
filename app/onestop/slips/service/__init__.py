"""Issuing slips: what is printed is fixed at that moment and never computed again."""

from app.onestop.slips.service.letters import (
    issue_apology,
    issue_refusal,
    issue_stop,
    issue_supplement_request,
)
from app.onestop.slips.service.numbers import enter_in_register
from app.onestop.slips.service.prints import reprinted
from app.onestop.slips.service.receipt import issue_receipt, renew_receipt, replace_receipt
from app.onestop.slips.service.writing import HasId

__all__ = [
    "HasId",
    "enter_in_register",
    "issue_apology",
    "issue_receipt",
    "issue_refusal",
    "issue_stop",
    "issue_supplement_request",
    "renew_receipt",
    "replace_receipt",
    "reprinted",
]
