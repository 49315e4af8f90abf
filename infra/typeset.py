"""Papers as PDF/A-2b (ISO 19005-2), drawn by typst from data, with the fonts inside its wheel.

The same paper always gives the same letters: no font of the machine is looked at, no file but the
template is read, and nothing is fetched.
"""

from pathlib import Path

import typst


def drawn(template: Path, paper: str, *, tags: bool = True) -> bytes:
    """The PDF of `paper`, the JSON its template reads. `tags` tell readers what each part is."""
    return typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards="a-2b",
        pdf_tags=tags,
        sys_inputs={"paper": paper},
    )
