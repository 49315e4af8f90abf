"""What a folded form of the dossier's page is made of."""

import msgspec


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing asked for; `kind`: text, area, select, row (a short select),
    day or box."""

    kind: str
    name: str
    label: str
    value: str = ""
    hint: str = ""
    options: list[tuple[str, str]] = []
    blank: str = "– Chọn –"
    required: bool = True


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """One rarer decision; `warning` says what follows from it, `open`: it is due now; `node`:
    the open work it is for."""

    path: str
    words: str
    fields: list[Field]
    warning: str = ""
    open: bool = False
    node: str = ""
