"""JSON that strangers wrote: nested without end, in no encoding, or of another shape."""

import msgspec

# All that reading it can end with; whoever reads JSON from outside catches these together.
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
