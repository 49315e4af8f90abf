"""Which tables go along in a merger and which rows of them may meet; data. Pure.

A table that is not named here goes along whole; where its rows meet ours, a person decides.
"""

from msgspec import Struct

from app.merging.shapes import Decision

SAME, KEEP, STAY = Decision.SAME, Decision.KEEP, Decision.STAY

# The sealed trail is kept apart, chain by chain.
CHAIN = ("trail", "trail_seal", "trail_leaf", "trail_drop")
NESTED = tuple(f"joined_{name}" for name in CHAIN)
COUNTER = "code_counter"
# The receiving province's settings count from the day on; what was used before the merger lies in
# the books of the one that used it; notes of mergers belong to where they happened.
STAYS = (
    "usage_record", "usage_pending", "notice_template", "notice_brand", "notice_approval",
    "notice_limit", "notice_hour", "notice_warning", "notice_provider", "calendar_draft",
    "merger", "merged_row", "merged_counter",
)  # fmt: skip
# Uploads under way lie half in the staging folder of the one that began them.
# A workflow's draft can be written again; nothing refers to it.
ONLY = {"upload": "t.state not in ('open', 'checking')", "workflow": "t.state <> 'draft'"}
# Names that no other table may have either: table -> its column, and the column of the other. A
# code leads to one dossier, whether it is what the dossier is called or what it was called.
SHARED = {
    "dossier": ("code", "code_alias", "code"),
    "code_alias": ("code", "dossier", "code"),
}
# References without a foreign key: column -> the tables whose rows it names, by `table:<id>`.
NAMED = {
    "stored_object": {"owner": ("citizen", "officer")},
    "upload": {"owner": ("citizen", "officer")},
}


class Series(Struct, frozen=True):
    """Rows numbered within a group; theirs get numbers after ours."""

    number: str
    group: str = ""  # a column; "": the whole table is one group


class Kind(Struct, frozen=True, kw_only=True):
    """What may be decided for rows of a table that meet; the first offer is the proposal."""

    offers: tuple[Decision, ...] = (STAY,)
    by_itself: bool = False  # no person has to look
    vouched: tuple[str, ...] = ()  # equal values of these: surely the same
    ignored: tuple[str, ...] = ()  # columns that make no difference
    suffix: str = ""  # the column that is renamed when both are kept
    between: str = "."  # what stands before the tenant's name then
    longest: int = 0  # letters such a name may have; 0: any number
    series: Series | None = None


KINDS = {
    "agency": Kind(offers=(KEEP,), suffix="key"),
    "officer": Kind(
        offers=(KEEP, SAME), vouched=("issuer", "subject"), suffix="username",
        ignored=("admitted_at", "entered_at"),
    ),
    "citizen": Kind(offers=(SAME,), by_itself=True, vouched=("issuer", "subject")),
    "partner": Kind(
        offers=(SAME, KEEP), vouched=("address", "public_key"), suffix="slug", between="-",
        longest=63,
        ignored=("added_at", "added_by"),
    ),
    "procedure": Kind(offers=(KEEP, SAME), series=Series("version", "code")),
    "workflow": Kind(
        offers=(KEEP, SAME),
        ignored=("saved_at", "saved_by", "published_at", "published_by"),
        series=Series("version", "procedure_code"),
    ),
    "work_calendar": Kind(offers=(KEEP, SAME), by_itself=True, series=Series("version")),
    "reorganisation": Kind(offers=(KEEP,), by_itself=True, suffix="digest"),
    "carried_row": Kind(offers=(KEEP,), by_itself=True, suffix="source"),
    "notice": Kind(offers=(KEEP,), by_itself=True, suffix="fact"),
    "inbound_message": Kind(offers=(KEEP,), by_itself=True, suffix="fact"),
    "notice_wish": Kind(by_itself=True),
    "notice_stop": Kind(by_itself=True),
    "code_given": Kind(by_itself=True),
    "dossier": Kind(offers=(KEEP,), suffix="code"),
    "code_alias": Kind(offers=(KEEP,), by_itself=True, suffix="code", ignored=("since", "reason")),
}  # fmt: skip
ANY = Kind()
# Tables whose rows may become rows of ours.
KNOWN = tuple(name for name, kind in KINDS.items() if SAME in kind.offers or kind.series)


def kind_of(table: str) -> Kind:
    """What may be decided for rows of a table."""
    return KINDS.get(table, ANY)
