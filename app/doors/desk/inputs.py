"""Small values out of plain forms; what cannot be read is None, and the rules say so."""

from uuid import UUID


def whole(text: str) -> int | None:
    """A small whole number out of a form, or None."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 9 else None


def uuid_or_none(text: str) -> UUID | None:
    """An id out of a form, or None for none and for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
