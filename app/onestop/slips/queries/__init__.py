"""Reads of slips and of the register. Nothing here writes or decides."""

from app.onestop.slips.queries.control import control_sheet
from app.onestop.slips.queries.reading import SlipLine, slip_of, slip_view, slips_of, view_of
from app.onestop.slips.queries.register import Register, RegisterLine, register, register_print

__all__ = [
    "Register",
    "RegisterLine",
    "SlipLine",
    "control_sheet",
    "register",
    "register_print",
    "slip_of",
    "slip_view",
    "slips_of",
    "view_of",
]
