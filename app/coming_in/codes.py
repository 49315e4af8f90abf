"""The code an old dossier keeps (mã hồ sơ cũ), as tracking and bar codes can read it. Pure."""

import re

from app.onestop.catalog.rules import normalise
from app.onestop.codes import rules

_OTHER = re.compile(r"[^A-Z0-9.]+")


def carried(old: str, prefix: str) -> str | None:
    """The old code in one spelling; None when none can be made of it.

    A code of the usual letters is kept ("hs_2019-0012" reads HS-2019-0012). Of any other the signs
    become dashes, and one without letters gets the mapping's `prefix`: "2019/0012" -> CU-2019-0012.
    """
    if (found := rules.read(old)) is not None:
        return found
    plain = "-".join(normalise(part).replace(" ", "-") for part in old.split(".")) if old else ""
    bare = _OTHER.sub("-", plain.upper()).strip("-.")
    for candidate in (bare, f"{prefix}-{bare}" if prefix else ""):
        if rules.is_code(candidate):
            return candidate
    return None


def is_as_written(old: str, code: str) -> bool:
    """Whether somebody who types the old code finds the dossier."""
    return rules.read(old) == code
