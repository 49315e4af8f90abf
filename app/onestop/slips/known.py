"""The words a form may use, by form: what a placeholder in a print template can name. Pure."""

from collections.abc import Mapping

_EVERY = frozenset({
    "agency", "desk", "place", "day", "place_and_day", "basis", "copy", "slip_number",
})  # fmt: skip
_SLIP = _EVERY | {
    "code", "bar_number", "tracking_url", "help", "officer", "request",
    "applicant_name", "applicant_address", "applicant_phone", "applicant_email", "applicant_id",
}  # fmt: skip

WORDS: Mapping[str, frozenset[str]] = {
    "01": _SLIP | {
        "sets", "limit", "received_at", "due_at", "return_at", "fees", "register_number",
        "register_year", "replaces_at", "replaces_why", "settled_by", "taken_in_by",
        "competent_received_at",
    },
    "02": _SLIP | {"reply_by", "note"},
    "03": _SLIP | {"reason", "article", "detail"},
    "04": _SLIP | {"field", "received_at", "old_due_at", "new_due_at", "reason", "signer"},
    "05": _SLIP | {"received_at", "requested_by", "stage", "reason", "fees", "signer"},
    "06": _EVERY | {"code", "bar_number", "procedure", "applicant_name", "received_at", "due_at",
                    "finished_at", "mark"},
    "07": _EVERY | {"first_day", "last_day", "year", "total", "printed_by"},
}  # fmt: skip

# The tables of a form: the words of one row. `n` counts the rows from one.
TABLES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "01": {"papers": frozenset({"n", "name", "form", "quantity"})},
    "02": {"items": frozenset({"n", "name", "form", "reason", "article", "note"})},
    "03": {},
    "04": {},
    "05": {},
    "06": {"steps": frozenset({"n", "giver", "receiver", "at", "mark", "note"})},
    "07": {
        "entries": frozenset({
            "n", "code", "procedure", "sets", "applicant", "contact", "agency", "received_on",
            "due_on", "passed_on", "finished_on", "delivered_on", "way", "signed", "note",
        })
    },
}  # fmt: skip
