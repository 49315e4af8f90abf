"""What somebody might break one day, as small patches; each must turn a test red."""

from tests.security.sabotages import databases, dossiers, links, people, sessions, signin
from tests.security.sabotages.shapes import Sabotage

__all__ = ["SABOTAGES", "Sabotage"]

SABOTAGES: tuple[Sabotage, ...] = (
    *sessions.SABOTAGES,
    *signin.SABOTAGES,
    *links.SABOTAGES,
    *databases.SABOTAGES,
    *dossiers.SABOTAGES,
    *people.SABOTAGES,
)
